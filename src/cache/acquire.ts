import type { TierUnavailableError } from '../errors.js'
import type { Lease } from '../flight/lease.js'
import type { Space } from './engine.js'
import { reportTierError } from './report.js'
import type { Policy } from './policy.js'
import { longestLife } from './store.js'

export interface Acquired {
  readonly lease: Lease | undefined
  /** Redis should have given one and could not. */
  readonly isAway: boolean
  /** Why, where it was asked. */
  readonly error?: TierUnavailableError
}

/** Asks for the right to write a key to Redis; nothing is asked where the value is not for Redis. */
export async function acquireLease(space: Space, key: string, policy: Policy): Promise<Acquired> {
  if (space.leases === undefined || policy.tiers === 'memory')
    return { lease: undefined, isAway: false }
  if (space.engine.redisOf(space) === undefined) return { lease: undefined, isAway: true }
  try {
    const lease = await space.leases.acquire(key, policy.tags, longestLife(policy))
    return { lease, isAway: false }
  } catch (error) {
    return { lease: undefined, isAway: true, error: reportTierError(space, error) }
  }
}
