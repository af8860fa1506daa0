import type { Cancel, Clock } from '../clock.js'

/** A lease that is held. */
export interface Renewable {
  /** Milliseconds between renewals. */
  readonly pause: number
  /** False: it need not be renewed any more. */
  renew(): boolean
}

/**
 * Renews the leases that are held, with one timer for all of them: most loads are over long before, and a timer each would
 * cost more than the rest of giving a lease.
 */
export class Renewals {
  readonly #clock: Clock
  /** With the moment when each is due. */
  readonly #due = new Map<Renewable, number>()
  #cancel: Cancel | undefined
  #at = Infinity

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(lease: Renewable): void {
    const at = this.#clock.now() + lease.pause
    this.#due.set(lease, at)
    if (at < this.#at) this.#wait(at)
  }

  delete(lease: Renewable): void {
    this.#due.delete(lease)
  }

  #wait(at: number): void {
    this.#cancel?.()
    this.#at = at
    this.#cancel = this.#clock.after(Math.max(1, at - this.#clock.now()), () => this.#run())
  }

  #run(): void {
    this.#cancel = undefined
    this.#at = Infinity
    const now = this.#clock.now()
    let next = Infinity
    for (const [lease, at] of this.#due) {
      if (at > now) next = Math.min(next, at)
      else if (lease.renew()) {
        this.#due.set(lease, now + lease.pause)
        next = Math.min(next, now + lease.pause)
      } else this.#due.delete(lease)
    }
    if (next < this.#at) this.#wait(next)
  }
}
