import type { IncomingMessage } from 'node:http'
import { HttpError } from '../errors.js'
import { tooLong } from './body-limit.js'
import type { Watch } from './watch.js'

/** The whole body of a request. It is never held when it is longer than the limit, or does not come for so long. */
export function readBody(
  req: IncomingMessage,
  limit: number,
  watch: Watch,
  idle: number,
): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let bytes = 0
    const watched = { dueAt: 0, place: -1, expire: () => settle(() => reject(tooSlow())) }
    watch.add(watched, idle)
    const settle = (how: () => void): void => {
      watch.delete(watched)
      req.off('data', onData).off('end', onEnd).off('error', onBroken).off('close', onBroken)
      how()
    }
    const onData = (chunk: Uint8Array): void => {
      bytes += chunk.byteLength
      if (bytes > limit) return settle(() => reject(tooLong(limit)))
      watch.renew(watched, idle)
      chunks.push(chunk)
    }
    const onEnd = (): void =>
      settle(() => resolve(chunks.length === 1 ? (chunks[0] as Uint8Array) : Buffer.concat(chunks)))
    const onBroken = (): void => settle(() => reject(brokenOff()))
    req.on('data', onData).on('end', onEnd).on('error', onBroken).on('close', onBroken)
    if (req.destroyed && !req.readableEnded) onBroken()
  })
}

/** The body as it comes; whoever reads slowly slows the client down. */
export async function* bodyChunks(
  req: IncomingMessage,
  limit: number,
  watch: Watch,
  idle: number,
): AsyncIterable<Uint8Array> {
  const iterator = req.iterator({ destroyOnReturn: false }) as AsyncIterator<Uint8Array>
  let bytes = 0
  for (;;) {
    const result = await nextChunk(iterator, watch, idle)
    if (result.done === true) return
    bytes += result.value.byteLength
    if (bytes > limit) throw tooLong(limit)
    yield result.value
  }
}

function nextChunk(
  iterator: AsyncIterator<Uint8Array>,
  watch: Watch,
  idle: number,
): Promise<IteratorResult<Uint8Array>> {
  return new Promise((resolve, reject) => {
    const watched = { dueAt: 0, place: -1, expire: () => reject(tooSlow()) }
    watch.add(watched, idle)
    iterator.next().then(
      (result) => {
        watch.delete(watched)
        resolve(result)
      },
      () => {
        watch.delete(watched)
        reject(brokenOff())
      },
    )
  })
}

function tooSlow(): HttpError {
  return new HttpError(408, 'the body does not come')
}

function brokenOff(): HttpError {
  return new HttpError(400, 'the body breaks off')
}
