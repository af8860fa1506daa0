import type { ServerResponse } from 'node:http'
import { ended } from './dispose.js'
import { watchSlow } from './node-slow.js'

export interface Pumping {
  /** Called before each piece. */
  readonly sendHead: () => void
  /** Called behind the last. */
  readonly sendTrailers?: (() => void) | undefined
  /** Milliseconds. */
  readonly writeTimeout: number
}

/**
 * Sends a body that comes piece by piece, no faster than the client takes it. The head goes with the first piece, or by
 * itself when that one is not there at once. Ends early, and tells the source, when the client goes away or a piece cannot be
 * sent. Rejects with what the source, or the sending, fails with.
 */
export async function pump(
  res: ServerResponse,
  body: AsyncIterable<Uint8Array>,
  { sendHead, sendTrailers, writeTimeout }: Pumping,
): Promise<void> {
  const pieces = body[Symbol.asyncIterator]()
  let isClosed = res.destroyed
  const onClose = (): void => {
    isClosed = true
    void ended(() => pieces) // not waited for: a generator takes it up only when its own wait is over
  }
  res.once('close', onClose)
  res.on('error', ignore)
  const early = setImmediate(() => {
    try {
      if (res.destroyed) return
      sendHead()
      res.flushHeaders()
    } catch {
      // a head that cannot be written: the first piece fails for the same reason, where somebody hears of it
    }
  })
  try {
    for (;;) {
      const piece = await pieces.next()
      if (isClosed || res.destroyed) return
      clearImmediate(early)
      sendHead()
      if (piece.done === true) break
      if (piece.value.byteLength > 0 && !res.write(piece.value)) await drained(res, writeTimeout)
    }
    res.off('close', onClose)
    sendTrailers?.()
    res.end()
    watchSlow(res, writeTimeout)
  } catch (error) {
    void ended(() => pieces) // of no use to one that has failed by itself
    throw error
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

/** The client went away between two events: the next `close` tells of it. */
function ignore(): void {}
