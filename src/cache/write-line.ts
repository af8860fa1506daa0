/** Sets on their way to Redis at once: little of what `redis.timeout` allows, also where a write takes ten times as long as usual. */
const AT_ONCE = 64

/**
 * The line before Redis of values that are set. Each has `redis.timeout` from the moment it is sent; without a line the last of
 * thousands that are set at once would wait for longer than that behind those before it, and be taken for lost.
 */
export class WriteLine {
  #sent = 0
  readonly #waiting: (() => void)[] = []

  /** Resolves when it may be sent; `leave` must follow. */
  enter(): Promise<void> {
    if (this.#sent < AT_ONCE) {
      this.#sent++
      return Promise.resolve()
    }
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#sent--
    else next() // the place passes on
  }
}
