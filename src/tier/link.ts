import type { Cancel, Clock } from '../clock.js'

export type LinkStatus = 'connecting' | 'ready' | 'down'

/** A connection as the guard sees it. Implementation: `redis/redis-link.ts`. */
export interface Link {
  /** `connecting` only until the first success or failure; commands may be sent while `ready`. */
  readonly status: LinkStatus
  /**
   * Resolves, never rejects, when the connection is first ready, or when it is known that it will not be in time:
   * connectTimeout after construction, or at once after a fatal answer such as a wrong password.
   */
  readonly started: Promise<void>
  /** Why it is not ready, in words, as far as known. */
  reason(): string | undefined
  /** One round trip. Unbounded: the caller bounds it. */
  ping(): Promise<void>
  /** Drops and redials our own connection; does nothing to a caller's. */
  redial(): void
  /** Runs `fn` after each change of status or reason. */
  onChange(fn: () => void): void
}

/**
 * The link that a promise will give (the client library is loaded while the cache is already in use). It starts within
 * `connectTimeout` of its own construction, however long the loading takes; a promise that rejects is a link that is down.
 */
export function promisedLink(promise: Promise<Link>, connectTimeout: number, clock: Clock): Link {
  return new PromisedLink(promise, connectTimeout, clock)
}

class PromisedLink implements Link {
  readonly started: Promise<void>
  readonly #listeners: (() => void)[] = []
  #link: Link | undefined
  #failure: string | undefined

  constructor(promise: Promise<Link>, connectTimeout: number, clock: Clock) {
    let cancel: Cancel | undefined
    const late = new Promise<void>((resolve) => {
      cancel = clock.after(connectTimeout, resolve)
    })
    const started = promise.then(
      (link) => this.#adopt(link),
      (error: unknown) => this.#fail(error),
    )
    this.started = Promise.race([started, late]).finally(() => cancel?.())
  }

  get status(): LinkStatus {
    if (this.#failure !== undefined) return 'down'
    return this.#link?.status ?? 'connecting'
  }

  reason(): string | undefined {
    return this.#failure ?? this.#link?.reason()
  }

  async ping(): Promise<void> {
    if (this.#link === undefined) throw new Error('not connected')
    await this.#link.ping()
  }

  redial(): void {
    this.#link?.redial()
  }

  onChange(fn: () => void): void {
    this.#listeners.push(fn)
  }

  #adopt(link: Link): Promise<void> {
    this.#link = link
    link.onChange(() => this.#changed())
    this.#changed()
    return link.started
  }

  #fail(error: unknown): void {
    this.#failure = error instanceof Error ? error.message : String(error)
    this.#changed()
  }

  #changed(): void {
    for (const listener of this.#listeners) listener()
  }
}
