import type { Vetted } from '../entry/vet.js'
import { InvalidValueError } from '../errors.js'
import type { Lease } from '../flight/lease.js'
import type { Space } from './engine.js'
import { enqueue, invalidate, tell } from './invalidate.js'
import type { LatestSet, WriteResult } from './write-result.js'
import type { Policy } from './policy.js'
import { reportTierError } from './report.js'
import { type Kept, keepVetted, longestLife, type Made, vetFor } from './store.js'

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
  const begun = space.own.moment
  const made: Made = {
    value,
    policy,
    tags: policy.tags,
    lateTags: [],
    since: space.marks.moment,
    isCurrent: () => !space.own.isRevoked(begun, key, policy.tags),
    loadTime: 0,
    lease: undefined,
    outage: false,
    onFilled: () => bus.announce(space.name, remove),
    id,
  }
  const mine: LatestSet = { result: undefined }
  space.sets.set(key, mine)
  mine.result = finish(space, key, mine, made, vetted)
  try {
    return await mine.result
  } finally {
    if (space.sets.get(key) === mine) space.sets.delete(key)
  }
}

async function finish(
  space: Space,
  key: string,
  mine: LatestSet,
  made: Made,
  vetted: Vetted,
): Promise<WriteResult> {
  const { kept, lease, isAway } = await keep(space, key, made, vetted)
  if (kept.result === 'filled' && lease !== undefined) return 'applied'
  // What becomes of a later set becomes of the key: removing it now would undo that one.
  const later = space.sets.get(key)
  if (kept.result === 'revoked' && later !== mine && later?.result) return await later.result
  const remove = { kind: 'remove', keys: [key] } as const
  const mayArrive = lease !== undefined && kept.result === 'unknown'
  if (!isAway && !mayArrive) return await tell(space, remove) // not in Redis: what may be there is older than this value
  enqueue(space, remove, mayArrive)
  return 'queued'
}

/** In the tiers that it is for; in Redis when its turn has come. */
async function keep(space: Space, key: string, made: Made, vetted: Vetted): Promise<Attempt> {
  if (space.redis === undefined || made.policy.tiers === 'memory') {
    return { kept: await keepVetted(space, key, made, vetted), lease: undefined, isAway: false }
  }
  const { line } = space.engine
  await line.enter()
  try {
    const { lease, isAway } = await rightToWrite(space, key, made.policy)
    const kept = await keepVetted(space, key, { ...made, lease, outage: isAway }, vetted)
    return { kept, lease, isAway }
  } finally {
    line.leave()
  }
}

interface Attempt {
  readonly kept: Kept
  readonly lease: Lease | undefined
  readonly isAway: boolean
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
