import type { HttpBody } from './message.js'

/** What came of reading a body to its end. */
export type Collected =
  | { readonly whole: true; readonly bytes: Uint8Array }
  /** Longer than allowed, of another length than announced, or broken off. */
  | { readonly whole: false; readonly reason: 'too-large' | 'length' | 'broken' }

export interface Collecting {
  /** The body for whoever asked, as it comes; it may be read later than it is collected. */
  readonly live: HttpBody
  readonly collected: Promise<Collected>
}

export interface CollectOptions {
  /** Bytes that are kept; a longer body goes through and is not collected. */
  readonly maxBytes: number
  /** Bytes announced by Content-Length. */
  readonly announced: number | undefined
}

/** Reads a body for keeping while somebody reads along. */
export function collect(body: HttpBody, options: CollectOptions): Collecting {
  if (body === undefined || body instanceof Uint8Array) {
    const bytes = body ?? EMPTY
    return { live: body, collected: Promise.resolve(judged(bytes, options)) }
  }
  const tee = new Tee(body, options)
  return { live: tee, collected: tee.collected }
}

/** Reads a body that nobody reads along. */
export async function collectAlone(body: HttpBody, options: CollectOptions): Promise<Collected> {
  const { live, collected } = collect(body, options)
  if (live instanceof Tee) live.abandon()
  return await collected
}

const EMPTY = new Uint8Array(0)

function judged(bytes: Uint8Array, { maxBytes, announced }: CollectOptions): Collected {
  if (bytes.byteLength > maxBytes) return { whole: false, reason: 'too-large' }
  if (announced !== undefined && announced !== bytes.byteLength) {
    return { whole: false, reason: 'length' }
  }
  return { whole: true, bytes }
}

/**
 * A stream that is read at its own pace and kept, up to a bound, while one reader follows at his: a slow reader holds up
 * nobody who waits for the stored response. Beyond the bound nothing is kept, and the reader sets the pace.
 */
class Tee implements AsyncIterable<Uint8Array> {
  readonly collected: Promise<Collected>
  readonly #options: CollectOptions
  readonly #source: AsyncIterator<Uint8Array>
  /** Those the reader has not taken; while collecting, all. */
  #chunks: Uint8Array[] = []
  #size = 0
  #state: 'collecting' | 'passing' | 'done' = 'collecting'
  #failure: { readonly error: unknown } | undefined
  #isAbandoned = false
  #wake: (() => void) | undefined

  constructor(body: AsyncIterable<Uint8Array>, options: CollectOptions) {
    this.#options = options
    this.#source = body[Symbol.asyncIterator]()
    this.collected = this.#collect()
  }

  /** Nobody will read it: beyond the bound the source is let go. */
  abandon(): void {
    this.#isAbandoned = true
    if (this.#state === 'passing') this.#letGo()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      let at = 0
      for (;;) {
        while (at < this.#chunks.length) yield this.#chunks[at++] as Uint8Array
        if (this.#failure !== undefined) throw this.#failure.error
        if (this.#state === 'done') return
        if (this.#state === 'passing') break
        await new Promise<void>((resolve) => {
          this.#wake = resolve
        })
      }
      this.#chunks = []
      for (;;) {
        const next = await this.#source.next()
        if (next.done === true) return
        yield next.value
      }
    } finally {
      this.abandon()
    }
  }

  async #collect(): Promise<Collected> {
    const { maxBytes } = this.#options
    try {
      for (;;) {
        const next = await this.#source.next()
        if (next.done === true) break
        this.#chunks.push(next.value)
        this.#size += next.value.byteLength
        if (this.#size > maxBytes) {
          this.#become('passing')
          if (this.#isAbandoned) this.#letGo()
          return { whole: false, reason: 'too-large' }
        }
        this.#stir()
      }
    } catch (error) {
      this.#failure = { error }
      this.#become('done')
      return { whole: false, reason: 'broken' }
    }
    this.#become('done')
    return judged(Buffer.concat(this.#chunks, this.#size), this.#options)
  }

  #become(state: 'passing' | 'done'): void {
    this.#state = state
    this.#stir()
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }

  #letGo(): void {
    this.#state = 'done'
    this.#chunks = []
    this.#source.return?.().catch(() => {
      // it is not wanted any more, however it ends
    })
  }
}
