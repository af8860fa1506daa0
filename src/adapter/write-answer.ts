import type { HttpResponse } from '../http/message.js'
import { inFull } from './exact-length.js'
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
  const full = inFull(body, announcedLength(fields))
  if (full instanceof Uint8Array) return sink.end(full)
  return writePieces(sink, full, isEvents(fields))
}

async function writePieces(
  sink: Sink,
  body: AsyncIterable<Uint8Array>,
  isLive: boolean,
): Promise<void> {
  const room = new Room(sink)
  try {
    sink.flushHead()
    for await (const bytes of body) {
      if (room.isGone) return
      const isReady = sink.write(bytes)
      if (isLive) sink.push()
      if (!isReady) await room.wait()
    }
  } catch {
    return sink.destroy() // whoever runs the handler has been told
  }
  sink.end()
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
