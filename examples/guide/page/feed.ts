/** The latest of something, for whoever follows; who is slow gets fewer. */
export class Feed<T> {
  #followers = 0
  #isClosed = false
  #next = deferred<void>()
  #follower = deferred<void>()
  readonly #latest: () => T

  constructor(latest: () => T) {
    this.#latest = latest
  }

  async *follow(): AsyncGenerator<T> {
    this.#followers++
    this.#follower.resolve()
    try {
      while (!this.#isClosed) {
        const next = this.#next.promise
        yield this.#latest()
        await next
      }
    } finally {
      this.#followers--
      if (this.#followers === 0 && !this.#isClosed) this.#follower = deferred()
    }
  }

  /** There is something new. */
  tell(): void {
    this.#next.resolve()
    this.#next = deferred()
  }

  /** Resolves once somebody follows, or nobody will. */
  async somebody(): Promise<void> {
    await this.#follower.promise
  }

  close(): void {
    this.#isClosed = true
    this.#follower.resolve()
    this.tell()
  }
}

interface Deferred<T> {
  readonly promise: Promise<T>
  resolve(value: T): void
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => {
    resolve = settle
  })
  return { promise, resolve }
}
