import { newId } from '../entry/id.js'
import { formatLease } from '../entry/record-head.js'
import type { LeaseRequest } from '../flight/lease.js'
import type { RedisSpace } from './redis-space.js'
import type { Version } from './version.js'

/** Part of an entry's lifetime that a version must last, to be taken from what is known. */
const LASTING = 0.5

/**
 * Takes the lease of a key under which nothing was found, by a plain command (several of one turn by one script): it costs
 * Redis a fifth of what the script that looks costs. Undefined: something is there after all, or the version that the value is to be filed under is not known.
 *
 * The version was read before the lease; when it has changed since, the fill is refused. A command that is held up on its
 * way does no harm: the lease in it ends when it would have ended in time.
 */
export async function takeFree(
  space: RedisSpace,
  key: string,
  request: LeaseRequest,
  versions: readonly Version[] | undefined,
): Promise<string | undefined> {
  if (versions === undefined || !seemsFree(space, key, request)) return undefined
  const { keys, writes, time, clock } = space
  const token = newId()
  const record = formatLease(token, time.toRedisAtLatest(clock.now() + request.ttl))
  return (await writes.put(keys.entry(key), record, request.ttl)) ? token : undefined
}

/** Of an entry without tags, which is filed under the version of the namespace alone: where that is known to last. */
export function lastingVersions(
  { life, clock }: RedisSpace,
  names: readonly string[],
  lifetime: number,
): readonly Version[] | undefined {
  if (names.length > 0) return undefined
  const version = life.lastingUntil(clock.now() + lifetime * LASTING)
  return version && [version]
}

function seemsFree({ seen }: RedisSpace, key: string, request: LeaseRequest): boolean {
  if (request.mode === 'force' || request.waitedFor !== '') return false
  return request.seen === '' && seen.of(key) === ''
}
