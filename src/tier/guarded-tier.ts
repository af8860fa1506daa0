import type { Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'
import type { Guard } from './guard.js'
import type { Awaitable, Confirmation, Tier } from './tier.js'

/**
 * A tier whose every operation ends within the guard's bound, rejecting with `TierUnavailableError`. The tier itself may
 * still be on its way (its client library is being loaded): operations wait for it within the same bound.
 */
export class GuardedTier<V> implements Tier<V> {
  readonly #guard: Guard
  readonly #promise: Promise<Tier<V>>
  #tier: Tier<V> | undefined

  constructor(guard: Guard, tier: Promise<Tier<V>>) {
    this.#guard = guard
    this.#promise = tier
    tier.then(
      (arrived) => {
        this.#tier = arrived
      },
      () => {}, // each operation rejects with it
    )
  }

  read(key: string): Promise<Entry<V> | undefined> {
    return this.#run((tier) => tier.read(key))
  }

  confirm(key: string, id: string, tags: readonly string[]): Promise<Confirmation | undefined> {
    return this.#run((tier) => tier.confirm(key, id, tags))
  }

  write(key: string, entry: Entry<V>, stamps: readonly Stamp[]): Promise<void> {
    return this.#run((tier) => tier.write(key, entry, stamps))
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#run((tier) => tier.remove(keys))
  }

  expire(key: string): Promise<void> {
    return this.#run((tier) => tier.expire(key))
  }

  stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    return this.#run((tier) => tier.stampsOf(tags, lifetime))
  }

  invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    return this.#run((tier) => tier.invalidate(tags, soft))
  }

  clear(): Promise<void> {
    return this.#run((tier) => tier.clear())
  }

  #run<T>(operate: (tier: Tier<V>) => Awaitable<T>): Promise<T> {
    return this.#guard.run(() => {
      const tier = this.#tier
      return tier === undefined ? this.#promise.then(operate) : operate(tier)
    })
  }
}
