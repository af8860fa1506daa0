import { InvalidValueError } from '../errors.js'
import { acquireLease } from './acquire.js'
import type { Space } from './engine.js'
import { enqueue, invalidate, tell, type WriteResult } from './invalidate.js'
import type { Policy } from './policy.js'
import { keepVetted, longestLife, vetFor } from './store.js'

/**
 * Stores a value the caller has. Rejects with `InvalidValueError` for undefined and `CodecError` for what cannot be stored.
 * When Redis cannot be reached, the key is queued as removed: replaying the value could overwrite a newer one.
 */
export async function set(
  space: Space,
  key: string,
  value: unknown,
  policy: Policy,
): Promise<WriteResult> {
  if (value === undefined) {
    throw new InvalidValueError(`set('${key}'): undefined means that nothing is there; use delete`)
  }
  const remove = { kind: 'remove', keys: [key] } as const
  if (longestLife(policy) === 0) return await invalidate(space, remove)
  const vetted = vetFor(space, value, policy)
  space.engine.bus.announce(space.name, remove)
  const since = space.marks.moment
  const { lease, isAway } = await acquireLease(space, key, policy)
  const made = { value, policy, tags: policy.tags, lateTags: [], since, loadTime: 0 }
  const kept = await keepVetted(space, key, { ...made, lease, outage: isAway }, vetted)
  // Overtaken while under way: whoever did it must not find this value in memory, nor this call theirs.
  if (kept.revoked) space.engine.bus.announce(space.name, remove)
  if (kept.filled && lease !== undefined) return 'applied'
  if (!isAway) return await tell(space, remove) // not in Redis now: what was there is older than this value
  enqueue(space, remove)
  return 'queued'
}
