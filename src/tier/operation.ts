import type { Waiter } from './deadlines.js'

/**
 * Operations sent on one life of the connection and not yet replied to. One that timed out keeps its slot until its reply
 * comes, so that a frozen Redis is not flooded with what it will have to answer later.
 */
export interface Slots {
  used: number
}

/** A caller's promise, its place in the queue of deadlines, and its slot. Ends once. */
export class Operation<T> implements Waiter {
  deadline = 0
  before: Waiter | undefined = undefined
  after: Waiter | undefined = undefined
  ended = false
  readonly slots: Slots
  readonly #resolve: (value: T) => void
  readonly #reject: (error: unknown) => void
  readonly #onTimeout: (operation: Waiter) => void

  /** Takes a slot. */
  constructor(
    slots: Slots,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    onTimeout: (operation: Waiter) => void,
  ) {
    slots.used += 1
    this.slots = slots
    this.#resolve = resolve
    this.#reject = reject
    this.#onTimeout = onTimeout
  }

  expire(): void {
    this.#onTimeout(this)
  }

  resolve(value: T): void {
    this.ended = true
    this.#resolve(value)
  }

  reject(error: unknown): void {
    this.ended = true
    this.#reject(error)
  }
}
