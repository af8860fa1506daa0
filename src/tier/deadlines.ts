import type { Cancel, Clock } from '../clock.js'

/** One that waits until `deadline`. Links it into the queue it stands in. */
export interface Waiter {
  deadline: number
  before: Waiter | undefined
  after: Waiter | undefined
  /** Its time is up. */
  expire(): void
  /** There is no use in waiting on. */
  reject(error: unknown): void
}

/** A timer that runs this much late was held up by a busy event loop, not by Redis. */
const HELD_UP = 5

/**
 * Bounds of many waits of one length, with one timer: who came first expires first, so the timer only ever stands for the
 * head of a queue. Adding and removing cost a few assignments; a timer for each of 100,000 reads a second would cost more
 * than the reads.
 */
export class Deadlines {
  readonly #length: number
  readonly #clock: Clock
  #first: Waiter | undefined
  #last: Waiter | undefined
  #cancel: Cancel | undefined

  constructor(length: number, clock: Clock) {
    this.#length = length
    this.#clock = clock
  }

  add(waiter: Waiter): void {
    waiter.deadline = this.#clock.now() + this.#length
    waiter.before = this.#last
    if (this.#last === undefined) this.#first = waiter
    else this.#last.after = waiter
    this.#last = waiter
    this.#cancel ??= this.#clock.after(this.#length, this.#due)
  }

  remove(waiter: Waiter): void {
    const { before, after } = waiter
    if (before === undefined) this.#first = after
    else before.after = after
    if (after === undefined) this.#last = before
    else after.before = before
    waiter.before = waiter.after = undefined
  }

  /** Everyone who waits, in order; nobody does afterwards. */
  drain(): Waiter[] {
    const waiting: Waiter[] = []
    while (this.#first !== undefined) {
      waiting.push(this.#first)
      this.remove(this.#first)
    }
    this.#cancel?.()
    this.#cancel = undefined
    return waiting
  }

  readonly #due = (): void => {
    this.#cancel = undefined
    const late = this.#first === undefined ? 0 : this.#clock.now() - this.#first.deadline
    // Our own pause is not Redis's: commands may not have been sent before it, and replies may lie unread in the socket.
    if (late > HELD_UP) this.#cancel = this.#clock.after(Math.min(late, this.#length), this.#expire)
    else this.#expire()
  }

  readonly #expire = (): void => {
    this.#cancel = undefined
    const now = this.#clock.now()
    while (this.#first !== undefined && this.#first.deadline <= now) {
      const waiter = this.#first
      this.remove(waiter)
      waiter.expire()
    }
    if (this.#first !== undefined) {
      this.#cancel = this.#clock.after(this.#first.deadline - now, this.#due)
    }
  }
}
