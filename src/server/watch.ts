import type { Cancel, Clock } from '../clock.js'

/** Something that has to happen before a moment. */
export interface Watched {
  /** Set by the watch, as is its place; -1: it is not watched. */
  dueAt: number
  place: number
  expire(): void
}

/** Longest delay of a sweep, milliseconds. */
const SLACK = 1_000

/**
 * Deadlines by the thousand: one timer sweeps them all, so that a request that ends in time costs an entry in a list. What
 * is due is found late by an eighth of the shortest duration, at most a second. Not a Set: one that is filled and emptied
 * all the time leaves tables behind that point to the next one, which keeps alive whatever was in it.
 */
export class Watch {
  readonly #clock: Clock
  readonly #watched: Watched[] = []
  #slack = SLACK
  #sweepAt = Infinity
  #cancel: Cancel | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  add(watched: Watched, ms: number): void {
    watched.dueAt = this.#clock.now() + ms
    if (watched.place === -1) watched.place = this.#watched.push(watched) - 1
    this.#slack = Math.min(this.#slack, ms / 8)
    this.#armFor(watched.dueAt)
  }

  /** From now on, once more. */
  renew(watched: Watched, ms: number): void {
    watched.dueAt = this.#clock.now() + ms
  }

  delete(watched: Watched): void {
    const { place } = watched
    if (place === -1) return
    watched.place = -1
    const last = this.#watched.pop() as Watched
    if (last === watched) return
    this.#watched[place] = last
    last.place = place
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
    const due: Watched[] = []
    for (const watched of this.#watched) {
      if (watched.dueAt <= now) due.push(watched)
      else next = Math.min(next, watched.dueAt)
    }
    for (const watched of due) {
      if (watched.place === -1) continue // what expired before it has ended it
      this.delete(watched)
      watched.expire()
    }
    if (next !== Infinity) this.#armFor(next)
  }
}
