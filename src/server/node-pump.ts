import type { ServerResponse } from 'node:http'
import { ended } from './dispose.js'

/**
 * Sends a body that comes piece by piece, no faster than the client takes it. The head goes with the first piece, or by
 * itself when that one is not there at once. Ends early, and tells the source, when the client goes away. Rejects with what
 * the source fails with.
 */
export async function pump(
  res: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  sendHead: () => void,
  writeTimeout: number,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]()
  let isClosed = res.destroyed
  const onClose = (): void => {
    isClosed = true
    void ended(pieces) // not waited for: a generator takes it up only when its own wait is over
  }
  res.once('close', onClose)
  const early = setImmediate(() => {
    sendHead()
    res.flushHeaders()
  })
  try {
    for (;;) {
      const piece = await pieces.next()
      if (isClosed) return
      clearImmediate(early)
      sendHead()
      if (piece.done === true) break
      if (piece.value.byteLength > 0 && !res.write(piece.value)) await drained(res, writeTimeout)
    }
    res.off('close', onClose)
    res.end()
  } finally {
    clearImmediate(early)
    res.off('close', onClose)
  }
}

/** Until the client has taken what was written; one that takes nothing for so long is cut off by its socket. */
function drained(res: ServerResponse, timeout: number): Promise<void> {
  if (res.destroyed) return Promise.resolve()
  return new Promise((resolve) => {
    res.socket?.setTimeout(timeout)
    const done = (): void => {
      res.off('drain', done).off('close', done)
      res.socket?.setTimeout(0)
      resolve()
    }
    res.on('drain', done).on('close', done)
  })
}
