/** The body of a request on its way to the origin; when it breaks, that is not the origin's failure. */
export class SentBody implements AsyncIterable<Uint8Array> {
  readonly #source: AsyncIterable<Uint8Array>
  #failure: { readonly error: unknown } | undefined

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source
  }

  /** What the client's side failed with. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for await (const chunk of this.#source) yield chunk
    } catch (error) {
      this.#failure = { error }
      throw error
    }
  }
}
