import type { Operation } from './operation.js'

/**
 * Operations of one life of the connection: how many are sent and not yet replied to, and the line of those that wait
 * until fewer are. One that timed out keeps its slot until its reply comes, so that a frozen Redis is not flooded with what
 * it will have to answer later.
 */
export class Slots {
  used = 0
  /** Replies that came in time. */
  answered = 0
  #begun = 0
  /** The order of the latest operation that was answered in time. */
  #latest = 0
  /** Operations in line. */
  waiting = 0
  #first: Operation<unknown> | undefined
  #last: Operation<unknown> | undefined

  /** It is being sent. */
  begin(operation: Operation<unknown>): void {
    this.used += 1
    operation.order = ++this.#begun
    operation.answeredBefore = this.answered
  }

  /** It was answered in time. */
  answer(operation: Operation<unknown>): void {
    this.answered += 1
    this.#latest = Math.max(this.#latest, operation.order)
  }

  /** Whether others that were sent before it were answered meanwhile, and none that were sent later: its turn had not come. */
  isBehind({ order, answeredBefore }: Operation<unknown>): boolean {
    return this.answered > answeredBefore && this.#latest < order
  }

  push(operation: Operation<unknown>): void {
    if (this.#last === undefined) this.#first = operation
    else this.#last.behind = operation
    this.#last = operation
    this.waiting += 1
  }

  /** Who came first. */
  shift(): Operation<unknown> | undefined {
    const first = this.#first
    if (first === undefined) return undefined
    this.#first = first.behind
    if (this.#first === undefined) this.#last = undefined
    first.behind = undefined
    this.waiting -= 1
    return first
  }
}
