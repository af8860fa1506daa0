import type { Waiter } from './deadlines.js'
import type { Awaitable } from './tier.js'

/** A caller's promise, its place in the queue of deadlines, and what to do when its turn comes. Ends once. */
export class Operation<T> implements Waiter {
  deadline = 0
  before: Waiter | undefined = undefined
  after: Waiter | undefined = undefined
  /** The next in the line for a slot. */
  behind: Operation<unknown> | undefined = undefined
  ended = false
  sent = false
  /** Its number among those that have been sent. */
  order = 0
  /** How many had been answered in time when it was sent. */
  answeredBefore = 0
  readonly work: () => Awaitable<T>
  readonly #resolve: (value: T) => void
  readonly #reject: (error: unknown) => void
  readonly #onTimeout: (operation: Operation<unknown>) => void

  constructor(
    work: () => Awaitable<T>,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    onTimeout: (operation: Operation<unknown>) => void,
  ) {
    this.work = work
    this.#resolve = resolve
    this.#reject = reject
    this.#onTimeout = onTimeout
  }

  expire(): void {
    this.#onTimeout(this as Operation<unknown>)
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
