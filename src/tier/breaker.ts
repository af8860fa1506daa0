/** Whether Redis is asked: `closed` yes, `open` no, `half-open` a probe is under way. */
export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerSettings {
  readonly failures: number
  /** Milliseconds. */
  readonly window: number
}

/**
 * The rule of the circuit breaker, without timers: it opens after `failures` failures within `window`, or in a row
 * however far apart (a connection on which nothing is ever answered must not go unnoticed because little is asked).
 */
export class Breaker {
  readonly #settings: BreakerSettings
  /** When the latest failures happened: a ring of `failures` instants. */
  readonly #failedAt: number[]
  #next = 0
  #inRow = 0
  #state: BreakerState = 'closed'

  constructor(settings: BreakerSettings) {
    this.#settings = settings
    this.#failedAt = Array.from({ length: settings.failures }, () => Number.NEGATIVE_INFINITY)
  }

  get state(): BreakerState {
    return this.#state
  }

  succeed(): void {
    this.#inRow = 0
  }

  /** True when this failure opened it. */
  fail(now: number): boolean {
    if (this.#state !== 'closed') return false
    this.#failedAt[this.#next] = now
    this.#next = (this.#next + 1) % this.#failedAt.length
    this.#inRow += 1
    const oldest = this.#failedAt[this.#next] ?? Number.NEGATIVE_INFINITY
    const { failures, window } = this.#settings
    if (this.#inRow < failures && now - oldest > window) return false
    this.open()
    return true
  }

  open(): void {
    this.#state = 'open'
  }

  probe(): void {
    this.#state = 'half-open'
  }

  close(): void {
    this.#state = 'closed'
    this.#inRow = 0
    this.#failedAt.fill(Number.NEGATIVE_INFINITY)
  }
}
