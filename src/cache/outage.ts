import type { Cancel, Clock } from '../clock.js'
import { OverloadedError } from '../errors.js'

/** How long a load may wait for its turn, milliseconds. */
const LONGEST_WAIT = 1_000

interface Waiter {
  readonly admit: () => void
  readonly cancel: Cancel
}

/**
 * The gate before the database while Redis is away: what one process's memory misses would otherwise all become loads at
 * once. Bounds the loads under way and those that wait; who waits too long is refused.
 */
export class OutageGate {
  readonly #clock: Clock
  readonly #maxLoads: number
  readonly #maxWaiting: number
  readonly #waiting = new Set<Waiter>()
  #loads = 0

  constructor(settings: { maxLoads: number; maxWaiting: number }, clock: Clock) {
    this.#clock = clock
    this.#maxLoads = settings.maxLoads
    this.#maxWaiting = settings.maxWaiting
  }

  /** Resolves when a load may begin; `leave` must follow. Rejects with `OverloadedError`. */
  enter(): Promise<void> {
    if (this.#loads < this.#maxLoads) {
      this.#loads++
      return Promise.resolve()
    }
    if (this.#waiting.size >= this.#maxWaiting) {
      return Promise.reject(
        new OverloadedError(
          `redis is away and ${this.#waiting.size} loads wait (outage.maxWaiting)`,
        ),
      )
    }
    return new Promise((resolve, reject) => {
      const cancel = this.#clock.after(LONGEST_WAIT, () => {
        this.#waiting.delete(waiter)
        reject(
          new OverloadedError(
            `redis is away and no load could begin within ${LONGEST_WAIT} ms (outage.maxLoads)`,
          ),
        )
      })
      const waiter: Waiter = { admit: resolve, cancel }
      this.#waiting.add(waiter)
    })
  }

  leave(): void {
    for (const next of this.#waiting) {
      this.#waiting.delete(next)
      next.cancel()
      return next.admit() // the place passes on
    }
    this.#loads--
  }
}
