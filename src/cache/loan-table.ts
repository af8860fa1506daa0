import type { Clock } from '../clock.js'
import { newId } from '../entry/id.js'
import type { Marks } from '../entry/marks.js'

/** Leases kept. With more than that nobody is lent another until one has ended. */
const MOST_LOANS = 10_000

interface KeptLoan {
  readonly token: string
  /** The moment on the marks when it was given: what was marked since revokes it. */
  readonly since: number
  /** Monotonic milliseconds. */
  readonly until: number
}

/** The leases lent to holders outside of this process, where there is no Redis to keep them. */
export class LoanTable {
  readonly #marks: Marks
  readonly #clock: Clock
  readonly #loans = new Map<string, KeptLoan>()

  constructor(marks: Marks, clock: Clock) {
    this.#marks = marks
    this.#clock = clock
  }

  /** Those that have ended and were not met since included. */
  get size(): number {
    return this.#loans.size
  }

  /** Milliseconds until the lease of the key ends; 0: it has none. */
  left(key: string): number {
    const loan = this.#loans.get(key)
    if (loan === undefined) return 0
    const left = loan.until - this.#clock.now()
    if (left > 0 && !this.#marks.isRevoked(loan.since, key, NO_TAGS)) return left
    this.#loans.delete(key)
    return 0
  }

  /** The token; undefined: there is no room. The key must have no lease. */
  lend(key: string, ttl: number): string | undefined {
    if (this.#loans.size >= MOST_LOANS) this.#sweep()
    if (this.#loans.size >= MOST_LOANS) return undefined
    const token = newId()
    this.#loans.set(key, { token, since: this.#marks.moment, until: this.#clock.now() + ttl })
    return token
  }

  /** Ends the lease. The moment on the marks when it began; undefined: it is not held (any more). */
  end(key: string, token: string): number | undefined {
    if (this.left(key) === 0) return undefined
    const loan = this.#loans.get(key)
    if (loan?.token !== token) return undefined
    this.#loans.delete(key)
    return loan.since
  }

  #sweep(): void {
    for (const key of this.#loans.keys()) this.left(key)
  }
}

const NO_TAGS: readonly string[] = Object.freeze([])
