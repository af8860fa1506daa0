/** Bytes that wait for the reader; more, and the origin waits as well. */
const MOST_WAITING = 65_536

export interface BodySource {
  /** Goes on after `push` said that it is enough. */
  readonly resume: () => void
  /** The rest is not wanted. */
  readonly abandon: () => void
}

/** A body that is pushed in at one end and read at the other, once, at the reader's pace. */
export class ReceivedBody implements AsyncIterableIterator<Uint8Array> {
  readonly #source: BodySource
  #chunks: Uint8Array[] = []
  #size = 0
  #isPaused = false
  #end: { readonly error: unknown } | 'whole' | undefined
  #wake: (() => void) | undefined

  constructor(source: BodySource) {
    this.#source = source
  }

  /** False: it is enough for now. */
  push(chunk: Uint8Array): boolean {
    if (this.#end !== undefined) return true
    this.#chunks.push(chunk)
    this.#size += chunk.byteLength
    this.#stir()
    this.#isPaused = this.#size > MOST_WAITING
    return !this.#isPaused
  }

  finish(): void {
    this.#end ??= 'whole'
    this.#stir()
  }

  /** After what has come the reader hears of it: nobody takes that for the whole. */
  fail(error: unknown): void {
    this.#end ??= { error }
    this.#stir()
  }

  /** All of it, if it is all there. It is not to be read after that. */
  whole(): Uint8Array | undefined {
    if (this.#end !== 'whole') return undefined
    return this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks, this.#size)
  }

  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    for (;;) {
      const chunk = this.#chunks.shift()
      if (chunk !== undefined) return this.#taken(chunk)
      if (this.#end === 'whole') return { done: true, value: undefined }
      if (this.#end !== undefined) throw this.#end.error
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    const isOpen = this.#end === undefined
    this.#end ??= 'whole'
    this.#chunks = []
    this.#stir()
    if (isOpen) this.#source.abandon()
    return { done: true, value: undefined }
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  #taken(value: Uint8Array): IteratorResult<Uint8Array, undefined> {
    this.#size -= value.byteLength
    if (this.#isPaused && this.#size <= MOST_WAITING / 2) {
      this.#isPaused = false
      this.#source.resume()
    }
    return { done: false, value }
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
