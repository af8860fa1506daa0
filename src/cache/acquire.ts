import type { Lease } from '../flight/lease.js'
import type { Space } from './engine.js'
import { reportTierError } from './report.js'
import type { Policy } from './settings.js'
import { longestLife } from './store.js'

export interface Acquired {
  readonly lease: Lease | undefined
  /** Redis should have given one and could not. */
  readonly isAway: boolean
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
    reportTierError(space, error)
    return { lease: undefined, isAway: true }
  }
}
