import { EventEmitter, once } from 'node:events'

/** The latest of something, for whoever follows; who is slow gets fewer. */
export class Feed<T> {
  readonly #latest: () => T
  /** `news`: there is something new; `follower`: there is somebody. */
  readonly #events = new EventEmitter().setMaxListeners(0)
  #followers = 0
  #isClosed = false

  constructor(latest: () => T) {
    this.#latest = latest
  }

  async *follow(): AsyncGenerator<T> {
    this.#followers++
    this.#events.emit('follower')
    try {
      while (!this.#isClosed) {
        // from before what is told now: what comes while it is taken is not missed
        const news = once(this.#events, 'news')
        yield this.#latest()
        await news
      }
    } finally {
      this.#followers--
    }
  }

  /** There is something new. */
  tell(): void {
    this.#events.emit('news')
  }

  /** Resolves once somebody follows, or nobody will. */
  async somebody(): Promise<void> {
    if (this.#followers === 0 && !this.#isClosed) await once(this.#events, 'follower')
  }

  close(): void {
    this.#isClosed = true
    this.#events.emit('follower')
    this.tell()
  }
}
