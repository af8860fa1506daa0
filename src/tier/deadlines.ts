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

/** What comes this much late was held up by a busy event loop, not by Redis. */
const HELD_UP = 5

/**
 * Bounds of many waits of one length, with one timer: who came first expires first, so the timer only ever stands for the
 * head of a queue. Adding and removing cost a few assignments; a timer for each of 100,000 reads a second would cost more
 * than the reads.
 *
 * What holds up our own event loop is not Redis's doing. What a turn asks for is sent at its end, so after a long turn the wait
 * counts from there; and a timer that comes late gives the time back, at most `length` altogether.
 */
export class Deadlines {
  readonly #length: number
  readonly #clock: Clock
  #first: Waiter | undefined
  #last: Waiter | undefined
  #cancel: Cancel | undefined
  /** When the timer is to run. */
  #dueAt = 0
  /** Milliseconds given back since a timer last came in time. */
  #given = 0
  /** The first who came in this turn of the event loop. */
  #firstOfTurn: Waiter | undefined
  #turning = false

  constructor(length: number, clock: Clock) {
    this.#length = length
    this.#clock = clock
  }

  /** Nobody waits. */
  get isEmpty(): boolean {
    return this.#first === undefined
  }

  add(waiter: Waiter): void {
    waiter.deadline = this.#clock.now() + this.#length
    waiter.before = this.#last
    if (this.#last === undefined) this.#first = waiter
    else this.#last.after = waiter
    this.#last = waiter
    this.#firstOfTurn ??= waiter
    if (!this.#turning) {
      this.#turning = true
      this.#clock.atTurnEnd(this.#turned)
    }
    if (this.#cancel === undefined) this.#wait(this.#length)
  }

  /** Harmless for one that does not wait. */
  remove(waiter: Waiter): void {
    const { before, after } = waiter
    if (before === undefined && this.#first !== waiter) return
    if (this.#firstOfTurn === waiter) this.#firstOfTurn = after
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

  /** The turn has ended: what it asked for has been sent. */
  readonly #turned = (): void => {
    this.#turning = false
    const now = this.#clock.now()
    const first = this.#firstOfTurn
    this.#firstOfTurn = undefined
    if (first === undefined || now - (first.deadline - this.#length) <= HELD_UP) return
    for (let waiter: Waiter | undefined = first; waiter !== undefined; waiter = waiter.after) {
      waiter.deadline = now + this.#length
    }
  }

  #wait(ms: number): void {
    this.#dueAt = this.#clock.now() + ms
    this.#cancel = this.#clock.after(ms, this.#due)
  }

  readonly #due = (): void => {
    this.#cancel = undefined
    const late = this.#clock.now() - this.#dueAt
    const back = Math.min(late, this.#length - this.#given)
    // replies may lie unread in the socket, or come in a moment
    if (this.#first !== undefined && late > HELD_UP && back > 0) {
      this.#given += back
      this.#wait(back)
    } else {
      this.#given = 0
      this.#expire()
    }
  }

  #expire(): void {
    const now = this.#clock.now()
    // what this turn asks for has not been sent
    for (let first = this.#first; first !== undefined; first = this.#first) {
      if (first.deadline > now || first === this.#firstOfTurn) break
      this.remove(first)
      first.expire()
    }
    if (this.#first === undefined || this.#cancel !== undefined) return
    this.#wait(Math.max(1, this.#first.deadline - now))
  }
}
