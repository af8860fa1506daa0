/** Bytes held for a reader that is slower than the writer, before the writer is told to wait. */
const HIGH_WATER = 65_536

interface Chunk {
  readonly bytes: Uint8Array
  readonly taken: (() => void) | undefined
}

/** From one who writes to one who reads, with back-pressure. */
export class BytePipe implements AsyncIterable<Uint8Array> {
  readonly #onDrain: () => void
  readonly #onLeave: () => void
  #chunks: Chunk[] = []
  #size = 0
  #isFull = false
  #isEnded = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined

  /** `onDrain`: there is room again. `onLeave`: the reader wants no more. */
  constructor(onDrain: () => void, onLeave: () => void) {
    this.#onDrain = onDrain
    this.#onLeave = onLeave
  }

  /** Whether there is room for more. `taken` is called when the reader has these. */
  push(bytes: Uint8Array, taken: (() => void) | undefined): boolean {
    if (this.#isEnded) return false
    this.#chunks.push({ bytes, taken })
    this.#size += bytes.byteLength
    this.#isFull = this.#size >= HIGH_WATER
    this.#stir()
    return !this.#isFull
  }

  end(): void {
    this.#isEnded = true
    this.#stir()
  }

  fail(error: unknown): void {
    if (this.#isEnded) return
    this.#failure = { error }
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const next = this.#chunks.shift()
        if (next !== undefined) yield this.#take(next)
        else if (this.#failure !== undefined) throw this.#failure.error
        else if (this.#isEnded) return
        else await this.#more()
      }
    } finally {
      const isLeft = !this.#isEnded
      this.#isEnded = true
      this.#chunks = []
      if (isLeft) this.#onLeave()
    }
  }

  #take({ bytes, taken }: Chunk): Uint8Array {
    this.#size -= bytes.byteLength
    taken?.()
    if (this.#isFull && this.#size < HIGH_WATER) {
      this.#isFull = false
      this.#onDrain()
    }
    return bytes
  }

  #more(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve
    })
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
