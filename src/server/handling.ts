import type { Context } from './context.js'
import { problem } from './problem.js'
import type { ServerCounters } from './server-stats.js'
import type { Watched } from './watch.js'

/** A handler that runs, until it has answered or its time is over: then its signal aborts, and the client is told 504. */
export class Handling implements Watched {
  dueAt = 0
  place = -1
  readonly #context: Context
  readonly #counters: ServerCounters

  constructor(context: Context, counters: ServerCounters) {
    this.#context = context
    this.#counters = counters
  }

  expire(): void {
    const { req } = this.#context
    this.#counters.timeouts++
    req.incoming.interrupt(problem(504))
    req.abort(new DOMException('the handler took too long', 'TimeoutError'))
  }
}
