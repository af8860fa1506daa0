import type { Clock } from '../clock.js'
import type { Body, Entry } from '../entry/entry.js'
import { newId } from '../entry/id.js'
import { isHashedText, redisKeyText } from '../entry/key.js'
import {
  decodeRecord,
  encodeRecord,
  headLengthOf,
  idIn,
  isWithoutValue,
  readBeginning,
  type RecordFields,
} from '../entry/record.js'
import type { Stamp } from '../entry/tag.js'
import { TierUnavailableError } from '../errors.js'
import type { Confirmation, Tier } from '../tier/tier.js'
import type { Announcer } from './announcer.js'
import { EXPIRE, REMOVE, WRITE } from './entry-scripts.js'
import type { NamespaceLife } from './namespace-life.js'
import type { RedisEvent } from './redis-event.js'
import type { RedisKeys } from './redis-keys.js'
import type { RedisLink } from './redis-link.js'
import type { RedisTime } from './redis-time.js'
import type { SeenIds } from './seen-ids.js'
import { lifetimesOf, parseVersions, stampsFrom, type TagVersions } from './tag-versions.js'
import { type Reply, type TurnReads, WRONG_TYPE } from './turn-reads.js'
import type { TurnWrites } from './turn-writes.js'
import { stampOf, standingOf, textOf, type Version, versionOf } from './version.js'
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

/** Keys of one REMOVE. */
const MOST_KEYS = 512

/**
 * The entries of one namespace in Redis: a record each under one key. Rejects with what Redis said; bounding the wait is
 * `GuardedTier`'s business.
 */
export class RedisTier implements Tier<Body> {
  readonly #space: RedisSpace
  /** Stamps that Redis was not asked for. */
  readonly #assumed = new WeakSet<readonly Stamp[]>()
  #lastReply: Reply | undefined
  #lastVersion: Version | undefined

  constructor(space: RedisSpace) {
    this.#space = space
  }

  async confirm(
    key: string,
    id: string,
    tags: readonly string[],
  ): Promise<Confirmation | undefined> {
    const { keys, reads, life, clock, time, link } = this.#space
    const { generation } = link
    const versions = [keys.version, ...tags.map((tag) => keys.tag(tag))]
    const beginning = { key: keys.entry(key), length: headLengthOf(tags) }
    return await reads.getWithBeginning(versions, beginning, (replies) => {
      const now = versionOf(replies[0])
      if (!life.admits(now, generation)) return undefined
      life.observe(now)
      const bytes = replies.at(-1)
      const begun = bytes && readBeginning(bytes)
      if (begun === null || begun === undefined || begun.id !== id) return undefined
      if (begun.stamps.length !== versions.length) return undefined
      const isGood = begun.stamps.every(
        (stamp, i) =>
          stamp.name === (i === 0 ? '' : tags[i - 1]) &&
          standingOf(stamp, versionOf(replies[i])) === 'good',
      )
      const staleUntil = time.fromRedis(begun.staleUntil)
      if (!isGood || staleUntil <= clock.now()) return undefined
      return { freshUntil: this.#freshUntil(begun.freshUntil), staleUntil }
    })
  }

  async write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Promise<void> {
    const { clock, maxValueBytes, tags } = this.#space
    const bytes = entry.value.bytes.byteLength
    const lifetime = Math.ceil(entry.staleUntil - clock.now())
    if (bytes > maxValueBytes) this.reportOversize(key, bytes)
    if (bytes > maxValueBytes || lifetime <= 0) return await this.remove([key])
    await Promise.all([tags.keep(stamps, lifetime), this.#put(key, entry, stamps, lifetime)])
    await this.#space.announcer.afterwards(this.#space.namespace, { kind: 'remove', keys: [key] })
  }

  async remove(keys: readonly string[]): Promise<void> {
    const { writes, announcer, namespace } = this.#space
    const size = writes.isCluster ? 1 : MOST_KEYS
    const parts: Promise<void>[] = []
    for (let from = 0; from < keys.length; from += size) {
      parts.push(this.#removePart(keys.slice(from, from + size)))
    }
    await Promise.all(parts)
    if (keys.length > 0) await announcer.afterwards(namespace, { kind: 'remove', keys })
  }

  async expire(key: string): Promise<void> {
    const { keys, writes, announcer, namespace } = this.#space
    const message = { kind: 'expire', key } as const
    const told = announcer.inScript(namespace, message)
    await writes.run(EXPIRE, [keys.entry(key)], told)
    await announcer.afterwards(namespace, message)
  }

  /** From what this process knows where it knows it: `write` has them checked. */
  async stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    const known = this.#space.writes.isCluster ? undefined : this.#knownStamps(tags)
    if (known !== undefined) this.#assumed.add(known)
    return known ?? stampsFrom(tags, await this.#space.tags.versionsOf(tags, lifetime))
  }

  invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    return this.#space.tags.invalidate(tags, soft)
  }

  clear(): Promise<void> {
    return this.#space.tags.clear()
  }

  recordOf(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Buffer {
    const { time } = this.#space
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

  reportOversize(key: string, bytes: number): void {
    this.#report({ type: 'oversize', key, bytes, maxBytes: this.#space.maxValueBytes })
  }

  /** One round trip; a second one for an entry with a tag whose version is not known. */
  read(key: string): Promise<Entry<Body> | undefined> {
    const { keys, reads, seen, life, link } = this.#space
    const { generation } = link
    return reads.get([keys.entry(key), keys.version], (replies) => {
      const now = this.#versionOf(replies[1])
      if (!life.admits(now, generation)) return life.adopt().then(() => this.read(key))
      life.observe(now)
      const fields = this.#fieldsOf(key, replies[0])
      if (fields === undefined) return undefined
      const stamp = fields.stamps[0]
      const standing = stamp === undefined || stamp.name !== '' ? 'ended' : standingOf(stamp, now)
      if (standing === 'ended') return seen.unusable(key, fields.id)
      const isGood = standing === 'good'
      if (fields.stamps.length > 1) return this.#withTags(key, fields, isGood)
      return this.#entryOf(key, fields, NO_TAGS, isGood)
    })
  }

  /** The stored tags decide. What the table does not call good is read from Redis, with all else of this turn. */
  #withTags(
    key: string,
    fields: RecordFields,
    good: boolean,
  ): Entry<Body> | undefined | Promise<Entry<Body> | undefined> {
    const { reads, keys, table, moment, seen } = this.#space
    const stamps = fields.stamps.slice(1)
    const tags = stamps.map(({ name }) => name)
    if (stamps.every((stamp) => standingOf(stamp, table.get(stamp.name)) === 'good')) {
      return this.#entryOf(key, fields, tags, good)
    }
    const since = moment()
    return reads.get(
      tags.map((tag) => keys.tag(tag)),
      (replies) => {
        const versions = replies.map(versionOf)
        for (const [i, tag] of tags.entries()) table.put(tag, versions[i], since)
        const standings = stamps.map((stamp, i) => standingOf(stamp, versions[i]))
        if (standings.includes('ended')) return seen.unusable(key, fields.id)
        return this.#entryOf(key, fields, tags, good && !standings.includes('soft'))
      },
    )
  }

  /** The namespace's version, which all reads of a batch share. */
  #versionOf(reply: Reply | undefined): Version | undefined {
    if (reply !== this.#lastReply || reply === null || reply === undefined) {
      this.#lastReply = reply
      this.#lastVersion = versionOf(reply)
    }
    return this.#lastVersion
  }

  #fieldsOf(key: string, bytes: Reply | undefined): RecordFields | undefined {
    if (bytes === null || bytes === undefined) return undefined
    if (bytes === WRONG_TYPE) return this.#fault(key, 'wrong-type')
    if (isWithoutValue(bytes)) return undefined
    const fields = decodeRecord(bytes)
    if (typeof fields === 'string') {
      this.#space.seen.unusable(key, idIn(bytes))
      return this.#fault(key, fields)
    }
    if (fields.fullKey !== undefined && fields.fullKey !== key)
      return this.#fault(key, 'key-mismatch')
    return fields
  }

  #entryOf(
    key: string,
    fields: RecordFields,
    tags: readonly string[],
    good: boolean,
  ): Entry<Body> | undefined {
    const { time, clock, seen } = this.#space
    const staleUntil = time.fromRedis(fields.staleUntil)
    // Without grace there is nothing between fresh and gone.
    if (staleUntil <= clock.now() || (!good && fields.freshUntil === fields.staleUntil)) {
      return seen.unusable(key, fields.id)
    }
    const { id, loadTime, body } = fields
    return {
      value: body,
      storedAt: time.fromRedis(fields.created),
      freshUntil: good ? this.#freshUntil(fields.freshUntil) : 0,
      staleUntil,
      loadTime,
      tags,
      id,
    }
  }

  /** 0: long past, on a clock that began with the process. */
  #freshUntil(redisTime: number): number {
    return redisTime > 0 ? this.#space.time.fromRedis(redisTime) : 0
  }

  #knownStamps(tags: readonly string[]): readonly Stamp[] | undefined {
    const { life, table } = this.#space
    const stamps: Stamp[] = []
    for (const name of ['', ...tags]) {
      const version = name === '' ? life.current : table.get(name)
      if (version === undefined) return undefined
      stamps.push(stampOf(name, version))
    }
    return stamps
  }

  /** What was heard since changes what is known: then the value is as old as its stamps. */
  #isStillKnown(tags: readonly string[], stamps: readonly Stamp[]): boolean {
    const known = this.#knownStamps(tags)
    return known?.every((stamp, i) => textOf(stamp) === textOf(stamps[i] as Stamp)) === true
  }

  /**
   * Under the versions the value was built under: when they are others by now, it is not stored. Stamps that were only
   * taken for known are corrected, unless something was heard of the key meanwhile: what is written again comes after that.
   */
  async #put(
    key: string,
    entry: Entry<Body>,
    stamps: readonly Stamp[],
    lifetime: number,
  ): Promise<void> {
    const { writes, keys, tags, announcer, namespace, link, time, clock, timeout } = this.#space
    const since = this.#space.moment()
    const names = stamps.slice(1).map(({ name }) => name)
    const declared = [keys.entry(key), ...tags.scriptKeys(names)]
    const [, most] = lifetimesOf(lifetime)
    const told = announcer.inScript(namespace, { kind: 'remove', keys: [key] })
    const isAssumed = this.#assumed.has(stamps) && this.#isStillKnown(names, stamps)
    const until = clock.now() + timeout
    let current = stamps
    for (;;) {
      const record = this.recordOf(key, entry, current)
      const deadline = String(time.toRedisAtLatest(until))
      const expected = declared.length === 1 ? [] : current.map(textOf)
      const args = [record, lifetime, deadline, newId(), most, link.runId, ...told, ...expected]
      const [said, ...versions] = (await writes.run(WRITE, declared, args)) as [
        string,
        ...unknown[],
      ]
      if (said === 'stored') return
      if (said === 'late') return this.late(until)
      if (!isAssumed || current !== stamps) return
      if (this.#space.isRevoked(since, key, names)) return
      current = stampsFrom(names, parseVersions(versions))
    }
  }

  /** Something came after its last moment: when not by our own clock, that of Redis has been set. */
  late(until: number): never {
    const { clock, link } = this.#space
    if (clock.now() < until) link.measureAgain()
    throw new TierUnavailableError('timeout', 'it reached redis too late to be carried out')
  }

  async #removePart(keys: readonly string[]): Promise<void> {
    const { writes, announcer, namespace } = this.#space
    const told = announcer.inScript(namespace, { kind: 'remove', keys })
    const redisKeys = keys.map((key) => this.#space.keys.entry(key))
    await writes.run(REMOVE, redisKeys, told)
  }

  #fault(key: string, fault: (RedisEvent & { type: 'record-fault' })['fault']): undefined {
    this.#report({ type: 'record-fault', key, fault })
  }

  #report(event: Distribute<RedisEvent>): void {
    this.#space.report({ ...event, namespace: this.#space.namespace })
  }
}

const NO_TAGS: readonly string[] = Object.freeze([])

/** Each kind of event about a key, the namespace left to us. */
type Distribute<E extends RedisEvent> = E extends { namespace: string }
  ? Omit<E, 'namespace'>
  : never
