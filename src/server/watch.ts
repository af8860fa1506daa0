import type { Cancel, Clock } from '../clock.js'

/** Something that has to happen before a moment. */
export interface Watched {
  /** Set by the watch. */
  dueAt: number
  expire(): void
}

/** Longest delay of a sweep, milliseconds. */
const SLACK = 1_000

/**
 * Deadlines by the thousand: one timer sweeps them all, so that a request that ends in time costs an entry in a set. What
 * is due is found late by an eighth of the shortest duration, at most a second.
 */
export class Watch {
  readonly #clock: Clock
  readonly #watched = new Set<Watched>()
  #slack = SLACK
  #sweepAt = Infinity
  #cancel: Cancel | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(watched: Watched, ms: number): void {
    watched.dueAt = this.#clock.now() + ms
    this.#watched.add(watched)
    this.#slack = Math.min(this.#slack, ms / 8)
    this.#armFor(watched.dueAt)
  }

  /** From now on, once more. */
  renew(watched: Watched, ms: number): void {
    watched.dueAt = this.#clock.now() + ms
  }

  delete(watched: Watched): void {
    this.#watched.delete(watched)
  }

  #armFor(dueAt: number): void {
    const at = dueAt + this.#slack
    if (at >= this.#sweepAt) return
    this.#cancel?.()
    this.#sweepAt = at
    this.#cancel = this.#clock.after(at - this.#clock.now(), () => this.#sweep())
  }

  #sweep(): void {
    this.#sweepAt = Infinity
    this.#cancel = undefined
    const now = this.#clock.now()
    let next = Infinity
    for (const watched of this.#watched) {
      if (watched.dueAt > now) next = Math.min(next, watched.dueAt)
      else {
        this.#watched.delete(watched)
        watched.expire()
      }
    }
    if (next !== Infinity) this.#armFor(next)
  }
}
