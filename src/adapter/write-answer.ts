import type { HttpResponse } from '../http/message.js'
import { announcedLength } from './own-fields.js'
import type { Sink } from './sink.js'

/**
 * Sends the body of an answer whose head has been written. What is whole goes at once; what comes in pieces goes at the
 * client's pace. A body that breaks off, or is not as long as was said, breaks the connection: no client may take it for whole.
 */
export function writeBody(
  sink: Sink,
  { body, fields }: Pick<HttpResponse, 'body' | 'fields'>,
): void | Promise<void> {
  if (body === undefined) return sink.end()
  const announced = announcedLength(fields)
  if (!(body instanceof Uint8Array)) return writePieces(sink, body, announced, isEvents(fields))
  if (announced === undefined || announced === body.byteLength) return sink.end(body)
  sink.write(body.subarray(0, announced), () => sink.destroy())
}

async function writePieces(
  sink: Sink,
  body: AsyncIterable<Uint8Array>,
  announced: number | undefined,
  isLive: boolean,
): Promise<void> {
  const room = new Room(sink)
  let left = announced ?? Infinity
  try {
    sink.flushHead()
    for await (const bytes of body) {
      if (room.isGone) return
      left -= bytes.byteLength
      if (left < 0) break
      const isReady = sink.write(bytes)
      if (isLive) sink.push()
      if (!isReady) await room.wait()
    }
  } catch {
    return sink.destroy() // whoever runs the handler has been told
  }
  if (left === 0 || announced === undefined) sink.end()
  else sink.destroy()
}

/** Events are to arrive when they happen. */
function isEvents(fields: HttpResponse['fields']): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'content-type') return (fields[i + 1] as string).includes('event-stream')
  }
  return false
}

/** Waits until a client can take more, or has gone. */
class Room {
  isGone: boolean
  #resolve: (() => void) | undefined

  constructor(sink: Sink) {
    this.isGone = sink.isGone
    sink.on('drain', () => this.#resolve?.())
    sink.on('close', () => {
      this.isGone = true
      this.#resolve?.()
    })
  }

  wait(): Promise<void> {
    return new Promise((resolve) => {
      this.#resolve = resolve
    })
  }
}
