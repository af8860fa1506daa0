import type { Clock } from '../clock.js'
import type { Body, Entry } from '../entry/entry.js'
import { isHashedText, redisKeyText } from '../entry/key.js'
import { decodeRecord, encodeRecord, HEAD, type RecordFields } from '../entry/record.js'
import type { Stamp } from '../entry/tag.js'
import { TierUnavailableError } from '../errors.js'
import { replyCode } from '../tier/failure.js'
import type { Tier } from '../tier/tier.js'
import type { RedisEvent } from './redis-event.js'
import type { RedisKeys } from './redis-keys.js'
import type { RedisLink } from './redis-link.js'
import { type RedisTags, standingOf, type Version, versionOf } from './redis-tags.js'
import type { RedisTime } from './redis-time.js'
import { EXPIRE, WRITE } from './scripts.js'
import { type Reply, type TurnReads, WRONG_TYPE } from './turn-reads.js'
import type { TurnWrites } from './turn-writes.js'

export interface RedisTierParts {
  readonly namespace: string
  readonly keys: RedisKeys
  readonly reads: TurnReads
  readonly writes: TurnWrites
  readonly tags: RedisTags
  readonly time: RedisTime
  readonly link: Pick<RedisLink, 'measureAgain'>
  readonly clock: Clock
  /** Milliseconds after which a write must not take effect any more. */
  readonly timeout: number
  readonly maxValueBytes: number
  readonly report: (event: RedisEvent) => void
}

/**
 * The entries of one namespace in Redis: a record each under one key. Rejects with what Redis said; bounding the wait is
 * `GuardedTier`'s business.
 */
export class RedisTier implements Tier<Body> {
  readonly #parts: RedisTierParts
  #lastReply: Reply | undefined
  #lastVersion: Version | undefined

  constructor(parts: RedisTierParts) {
    this.#parts = parts
  }

  /** One round trip; a second one for an entry with tags. */
  read(key: string): Promise<Entry<Body> | undefined> {
    const { keys, reads } = this.#parts
    return reads.get([keys.entry(key), keys.version], (replies) => {
      const fields = this.#fieldsOf(key, replies[0])
      const stamp = fields?.stamps[0]
      if (fields === undefined || stamp === undefined || stamp.name !== '') return undefined
      const standing = standingOf(stamp, this.#versionOf(replies[1]))
      if (standing === 'ended') return undefined
      if (fields.stamps.length > 1) return this.#readTagged(fields, standing === 'good')
      return this.#entryOf(fields, NO_TAGS, standing === 'good')
    })
  }

  async write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Promise<void> {
    const { keys, writes, tags, clock, maxValueBytes } = this.#parts
    const redisKey = keys.entry(key)
    const bytes = entry.value.bytes.byteLength
    const lifetime = Math.ceil(entry.staleUntil - clock.now())
    if (bytes > maxValueBytes)
      this.#report({ type: 'oversize', key, bytes, maxBytes: maxValueBytes })
    if (bytes > maxValueBytes || lifetime <= 0) return writes.del([redisKey])
    const record = encodeRecord(this.#recordOf(key, entry, stamps))
    await Promise.all([tags.keep(stamps, lifetime), this.#put(redisKey, record, lifetime)])
  }

  remove(keys: readonly string[]): Promise<void> {
    return this.#parts.writes.del(keys.map((key) => this.#parts.keys.entry(key)))
  }

  /** Without memory for even that, the entry is removed: an invalidation always takes effect. */
  async expire(key: string): Promise<void> {
    const { keys, writes } = this.#parts
    const redisKey = keys.entry(key)
    try {
      await writes.run(EXPIRE, redisKey, EXPIRE_ARGS)
    } catch (error) {
      const code = error instanceof Error ? replyCode(error.message) : ''
      if (code === 'WRONGTYPE') this.#report({ type: 'record-fault', key, fault: 'wrong-type' })
      else if (code === 'OOM') await writes.del([redisKey])
      else throw error
    }
  }

  stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    return this.#parts.tags.stampsOf(tags, lifetime)
  }

  invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    return this.#parts.tags.invalidate(tags, soft)
  }

  clear(): Promise<void> {
    return this.#parts.tags.clear()
  }

  /** Not after `timeout`, when its caller has given it up and may have stored or deleted something else. */
  async #put(redisKey: string, record: Buffer, lifetime: number): Promise<void> {
    const { writes, time, link, clock, timeout } = this.#parts
    const until = clock.now() + timeout
    const deadline = String(time.toRedisAtLatest(until))
    if ((await writes.runText(WRITE, redisKey, [record, lifetime, deadline])) !== 'late') return
    // not by our own clock: that of Redis has been set
    if (clock.now() < until) link.measureAgain()
    throw new TierUnavailableError('timeout', 'the value arrived too late to be stored')
  }

  /**
   * The stored tags decide. Their versions are read after the record, together with those of all entries of this turn; a
   * table of versions kept right by the bus would answer here without asking.
   */
  #readTagged(fields: RecordFields, good: boolean): Promise<Entry<Body> | undefined> {
    const { reads, keys } = this.#parts
    const stamps = fields.stamps.slice(1)
    const tags = stamps.map(({ name }) => name)
    return reads.get(
      tags.map((tag) => keys.tag(tag)),
      (replies) => {
        const standings = stamps.map((stamp, i) => standingOf(stamp, versionOf(replies[i])))
        if (standings.includes('ended')) return undefined
        return this.#entryOf(fields, tags, good && !standings.includes('soft'))
      },
    )
  }

  /** The namespace's version, which all reads of a batch share. */
  #versionOf(reply: Reply | undefined): Version | undefined {
    if (reply !== this.#lastReply) {
      this.#lastReply = reply
      this.#lastVersion = versionOf(reply)
    }
    return this.#lastVersion
  }

  #fieldsOf(key: string, bytes: Reply | undefined): RecordFields | undefined {
    if (bytes === null || bytes === undefined) return undefined
    if (bytes === WRONG_TYPE) return this.#fault(key, 'wrong-type')
    const fields = decodeRecord(bytes)
    if (typeof fields === 'string') return this.#fault(key, fields)
    if (fields.fullKey !== undefined && fields.fullKey !== key)
      return this.#fault(key, 'key-mismatch')
    return fields
  }

  #entryOf(fields: RecordFields, tags: readonly string[], good: boolean): Entry<Body> | undefined {
    const { time, clock } = this.#parts
    const staleUntil = time.fromRedis(fields.staleUntil)
    if (staleUntil <= clock.now()) return undefined
    // Without grace there is nothing between fresh and gone.
    if (!good && fields.freshUntil === fields.staleUntil) return undefined
    const { id, loadTime, body } = fields
    return {
      value: body,
      storedAt: time.fromRedis(fields.created),
      // 0: long past, on a clock that began with the process
      freshUntil: good && fields.freshUntil > 0 ? time.fromRedis(fields.freshUntil) : 0,
      staleUntil,
      loadTime,
      tags,
      id,
    }
  }

  #recordOf(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): RecordFields {
    const { time } = this.#parts
    return {
      id: entry.id,
      freshUntil: time.toRedis(entry.freshUntil),
      staleUntil: time.toRedis(entry.staleUntil),
      created: time.toRedis(entry.storedAt),
      loadTime: Math.round(entry.loadTime),
      stamps,
      fullKey: isHashedText(redisKeyText(key)) ? key : '',
      body: entry.value,
    }
  }

  #fault(key: string, fault: (RedisEvent & { type: 'record-fault' })['fault']): undefined {
    this.#report({ type: 'record-fault', key, fault })
  }

  #report(event: Distribute<RedisEvent>): void {
    this.#parts.report({ ...event, namespace: this.#parts.namespace })
  }
}

const NO_TAGS: readonly string[] = Object.freeze([])

/** Each kind of event but the connection's, the namespace left to us. */
type Distribute<E extends RedisEvent> = E extends { namespace: string }
  ? Omit<E, 'namespace'>
  : never

/** The magic, then freshUntil := never. */
const EXPIRE_ARGS = [
  HEAD.MAGIC_AT,
  HEAD.MAGIC_AT + HEAD.MAGIC_WIDTH - 1,
  HEAD.MAGIC,
  HEAD.FRESH_AT,
  HEAD.NEVER,
  HEAD.FRESH_AT + HEAD.FRESH_WIDTH - 1,
  HEAD.STALE_AT,
  HEAD.STALE_AT + HEAD.STALE_WIDTH - 1,
] as const
