import { InvalidValueError } from '../errors.js'
import type { Lease } from '../flight/lease.js'
import type { Space } from './engine.js'
import { enqueue, invalidate, tell, type WriteResult } from './invalidate.js'
import type { Policy } from './policy.js'
import { reportTierError } from './report.js'
import { keepVetted, longestLife, vetFor, type Made } from './store.js'

/**
 * Stores a value the caller has. Rejects with `InvalidValueError` for undefined and `CodecError` for what cannot be stored.
 * When Redis cannot be reached, the key is queued as removed: replaying the value could overwrite a newer one. `id`: the
 * identity the value gets.
 */
export async function set(
  space: Space,
  key: string,
  value: unknown,
  policy: Policy,
  id?: string,
): Promise<WriteResult> {
  if (value === undefined) {
    throw new InvalidValueError(`set('${key}'): undefined means that nothing is there; use delete`)
  }
  const remove = { kind: 'remove', keys: [key] } as const
  if (longestLife(policy) === 0) return await invalidate(space, remove)
  const vetted = vetFor(space, value, policy)
  const { bus } = space.engine
  bus.announce(space.name, remove)
  const since = space.marks.moment
  const begun = space.own.moment
  const forRedis = space.redis !== undefined && policy.tiers === 'all'
  const { lease, isAway } = forRedis ? await rightToWrite(space, key, policy) : NO_LEASE
  const made: Made = {
    value,
    policy,
    tags: policy.tags,
    lateTags: [],
    since,
    isCurrent: () => !space.own.isRevoked(begun, key, policy.tags),
    loadTime: 0,
    lease,
    outage: isAway,
    onFilled: () => bus.announce(space.name, remove),
    id,
  }
  const kept = await keepVetted(space, key, made, vetted)
  if (kept.result === 'filled' && lease !== undefined) return 'applied'
  const mayArrive = lease !== undefined && kept.result === 'unknown'
  if (!isAway && !mayArrive) return await tell(space, remove) // not in Redis: what may be there is older than this value
  enqueue(space, remove, mayArrive)
  return 'queued'
}

/** A set asks nobody: it replaces what is there, and revokes every load of the key. */
async function rightToWrite(
  space: Space,
  key: string,
  policy: Policy,
): Promise<{ lease: Lease | undefined; isAway: boolean }> {
  const { setting, engine } = space
  if (setting === undefined || engine.redisOf(space) === undefined) {
    return { lease: undefined, isAway: true }
  }
  try {
    const request = { tags: policy.tags, lifetime: longestLife(policy) }
    const { lease } = await setting.acquire(key, request)
    return { lease, isAway: false }
  } catch (error) {
    reportTierError(space, error)
    return { lease: undefined, isAway: true }
  }
}

const NO_LEASE = { lease: undefined, isAway: false } as const
