import type { Clock } from '../clock.js'
import type { Body, Entry } from '../entry/entry.js'
import { isHashedText, redisKeyText } from '../entry/key.js'
import { encodeRecord } from '../entry/record.js'
import type { Stamp } from '../entry/tag.js'
import { TierUnavailableError } from '../errors.js'
import type { Announcer } from './announcer.js'
import type { NamespaceLife } from './namespace-life.js'
import type { RedisEvent } from './redis-event.js'
import type { RedisKeys } from './redis-keys.js'
import type { RedisLink } from './redis-link.js'
import type { RedisTime } from './redis-time.js'
import type { SeenIds } from './seen-ids.js'
import type { TagVersions } from './tag-versions.js'
import type { TurnReads } from './turn-reads.js'
import type { TurnWrites } from './turn-writes.js'
import type { VersionTable } from './version-table.js'

/** What the tier and the leases of one namespace share. */
export interface RedisSpace {
  readonly namespace: string
  readonly keys: RedisKeys
  readonly reads: TurnReads
  readonly writes: TurnWrites
  readonly tags: TagVersions
  readonly table: VersionTable
  readonly life: NamespaceLife
  readonly announcer: Announcer
  readonly time: RedisTime
  readonly link: Pick<RedisLink, 'measureAgain' | 'runId' | 'generation'>
  readonly seen: SeenIds
  /** The moment of now on the namespace's marks. */
  readonly moment: () => number
  /** Whether the key or one of the tags has been invalidated since then, as far as this process knows. */
  readonly isRevoked: (since: number, key: string, tags: readonly string[]) => boolean
  readonly clock: Clock
  /** Milliseconds after which a write must not take effect any more. */
  readonly timeout: number
  readonly maxValueBytes: number
  readonly report: (event: RedisEvent) => void
}

/** An entry as it is written, filed under these stamps. */
export function recordOf(
  { time }: RedisSpace,
  key: string,
  entry: Entry<Body>,
  stamps: readonly Stamp[],
): Buffer {
  return encodeRecord({
    id: entry.id,
    freshUntil: time.toRedis(entry.freshUntil),
    staleUntil: time.toRedis(entry.staleUntil),
    created: time.toRedis(entry.storedAt),
    loadTime: Math.round(entry.loadTime),
    stamps,
    fullKey: isHashedText(redisKeyText(key)) ? key : '',
    body: entry.value,
  })
}

/** Whether the value is too large for Redis, which is told. */
export function isOversize(space: RedisSpace, key: string, { value }: Entry<Body>): boolean {
  const { maxValueBytes: maxBytes, namespace, report } = space
  const bytes = value.bytes.byteLength
  if (bytes <= maxBytes) return false
  report({ type: 'oversize', namespace, key, bytes, maxBytes })
  return true
}

/** Something came after its last moment: when not by our own clock, that of Redis has been set. */
export function tooLate({ clock, link }: RedisSpace, until: number): never {
  if (clock.now() < until) link.measureAgain()
  throw new TierUnavailableError('timeout', 'it reached redis too late to be carried out')
}
