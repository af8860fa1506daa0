import type { Condition } from '../entry/condition.js'
import type { Body, Entry } from '../entry/entry.js'
import type { Exchange, Exchanged } from './exchange.js'
import type { Guard } from './guard.js'

/** An exchange whose every operation ends within the guard's bound, rejecting with `TierUnavailableError`. */
export class GuardedExchange implements Exchange {
  readonly #guard: Guard
  readonly #exchange: Promise<Exchange>

  constructor(guard: Guard, exchange: Promise<Exchange>) {
    this.#guard = guard
    this.#exchange = exchange
    exchange.catch(() => {
      // each operation rejects with it
    })
  }

  replace(key: string, entry: Entry<Body>, condition: Condition): Promise<Exchanged> {
    return this.#guard.run(async () => (await this.#exchange).replace(key, entry, condition))
  }

  remove(key: string, condition: Condition): Promise<Exchanged> {
    return this.#guard.run(async () => (await this.#exchange).remove(key, condition))
  }
}
