import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'
import { ended } from './dispose.js'
import { writeFields } from './native-fields.js'
import type { NativeIncoming } from './native-incoming.js'
import type { NativeOut } from './native-out.js'
import { ANSWER_FLAG, TOLD, UNKNOWN, WANTS_DRAINED } from './native-wire.js'

/** Bytes that may be on their way to the client before the source waits. */
const HIGH_MARK = 262_144

/**
 * What a piece costs beside its bytes, in bytes. It is more than its record and its chunk take: a source that has many small
 * pieces at once must let others have their turn as well.
 */
const PIECE_BYTES = 1_024

export interface StreamParts {
  readonly out: NativeOut
  readonly incoming: NativeIncoming
  readonly response: HttpResponse
  /** Bytes that were promised; undefined: the end will tell. */
  readonly length: number | undefined
  readonly closes: boolean
  /** Known when the body has ended. */
  readonly trailers?: (() => Fields) | undefined
}

/** An answer whose body comes piece by piece. */
export class NativeStream {
  readonly #parts: StreamParts
  readonly #body: AsyncIterable<Uint8Array>
  #isStarted = false
  #bytes = 0
  /** Sent since the client was known to have taken what was sent. */
  #untaken = 0

  constructor(parts: StreamParts, body: AsyncIterable<Uint8Array>) {
    this.#parts = parts
    this.#body = body
  }

  /** Some of it was sent: it can only be cut short. */
  get isStarted(): boolean {
    return this.#isStarted
  }

  /**
   * Sends all of it, no faster than the client takes it. The head goes with the first piece, or by itself when that one is
   * not there at once. Ends early, and tells the source, when the client goes away. Rejects with what the source fails with.
   */
  async send(): Promise<void> {
    const { incoming } = this.#parts
    const pieces = this.#body[Symbol.asyncIterator]()
    incoming.onGone(() => void ended(() => pieces)) // not waited for: a generator takes it up when its own wait is over
    const early = setImmediate(() => this.#sendEarly())
    try {
      for (;;) {
        const piece = await pieces.next()
        if (incoming.isGone) return
        clearImmediate(early)
        this.#start()
        if (piece.done === true) break
        await this.#send(piece.value)
      }
      this.#end()
    } catch (error) {
      void ended(() => pieces) // of no use to one that has failed by itself
      throw error
    } finally {
      clearImmediate(early)
    }
  }

  /** What was sent is all there is, and the client must see that it is not the whole. */
  abort(): void {
    const { out, incoming } = this.#parts
    out.beginFor(TOLD.streamAbort, incoming.slot, incoming.generation)
    out.end()
  }

  #sendEarly(): void {
    try {
      if (!this.#parts.incoming.isGone) this.#start()
    } catch {
      // a head that cannot be written: the first piece fails for the same reason, where somebody hears of it
    }
  }

  #start(): void {
    if (this.#isStarted) return
    const { out, incoming, response, length, closes } = this.#parts
    out.beginFor(TOLD.streamStart, incoming.slot, incoming.generation, 9)
    const hasDate = writeFields(out, response.fields)
    const flags = (closes ? ANSWER_FLAG.closes : 0) | (hasDate ? ANSWER_FLAG.hasDate : 0)
    out.set(1, TOLD.streamStart | (flags << 8))
    out.set(4, response.status)
    out.set(5, out.written - 36)
    out.set(6, 0)
    out.set(7, length === undefined ? UNKNOWN : length >>> 0)
    out.set(8, length === undefined ? UNKNOWN : Math.floor(length / 2 ** 32))
    out.end()
    this.#isStarted = true
  }

  async #send(piece: Uint8Array): Promise<void> {
    const { length } = this.#parts
    this.#bytes += piece.byteLength
    if (length !== undefined && this.#bytes > length) {
      throw new RangeError(`a body of more than the ${length} bytes that it promises`)
    }
    for (let at = 0; at < piece.byteLength; at += HIGH_MARK) {
      this.#sendPart(piece.subarray(at, at + HIGH_MARK))
      if (this.#untaken >= HIGH_MARK) await this.#drained()
      if (this.#parts.incoming.isGone) return
    }
  }

  #sendPart(part: Uint8Array): void {
    const { out, incoming } = this.#parts
    out.beginFor(TOLD.streamData, incoming.slot, incoming.generation, 5)
    this.#untaken += part.byteLength + PIECE_BYTES
    if (this.#untaken >= HIGH_MARK) out.set(1, TOLD.streamData | (WANTS_DRAINED << 8))
    out.set(4, part.byteLength)
    out.copy(part)
    out.end()
  }

  /** Until the client has taken most of it, or is gone; Rust cuts off one that takes nothing for long. */
  async #drained(): Promise<void> {
    const { incoming } = this.#parts
    if (!incoming.isGone) {
      await new Promise<void>((resolve) => {
        incoming.onDrained = resolve
      })
    }
    incoming.onDrained = undefined
    this.#untaken = 0
  }

  #end(): void {
    const { out, incoming, length, trailers } = this.#parts
    if (length !== undefined && this.#bytes < length) {
      throw new RangeError(`a body of ${this.#bytes} bytes, which promises ${length}`)
    }
    out.beginFor(TOLD.streamEnd, incoming.slot, incoming.generation, 5)
    if (trailers !== undefined) writeFields(out, trailers())
    out.set(4, out.written - 20)
    out.end()
  }
}
