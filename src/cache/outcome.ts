/**
 * What became of a read. `hit`: fresh, from a tier. `stale`: served after its freshUntil. `miss`: the loader ran, or
 * nothing was there. `bypass`: the cache was not asked (`force`, ttl 0 without grace, closed). `error`: the call rejected.
 */
export type Outcome = (typeof OUTCOMES)[number]

export const OUTCOMES = ['hit', 'stale', 'miss', 'bypass', 'error'] as const

/** Where the value came from. */
export type Source = 'memory' | 'redis' | 'native' | 'loader'

/** A value together with what became of the read. Instants are wall-clock milliseconds, absent where nothing is stored. */
export interface Reading<T> {
  readonly value: T
  readonly outcome: Exclude<Outcome, 'error'>
  /** Undefined when nothing was found and no loader was given. */
  readonly tier: Source | undefined
  /** The value is that of a load which another call began. */
  readonly collapsed: boolean
  /** Served although it could not be known whether it had been invalidated elsewhere. */
  readonly incoherent: boolean
  /** An invalidation overtook the load: the value was handed over but not stored. */
  readonly revoked: boolean
  readonly storedAt: number | undefined
  readonly freshUntil: number | undefined
  readonly staleUntil: number | undefined
  readonly tags: readonly string[]
  /**
   * Identity of the stored value: two stores of equal values differ. Undefined where nothing is stored, or in the memory of
   * this process alone.
   */
  readonly id: string | undefined
}
