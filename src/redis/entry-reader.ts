import type { Body, Entry } from '../entry/entry.js'
import {
  decodeRecord,
  headLengthOf,
  idIn,
  isWithoutValue,
  readBeginning,
  type RecordFields,
} from '../entry/record.js'
import type { Confirmation } from '../tier/tier.js'
import type { RedisEvent } from './redis-event.js'
import type { RedisSpace } from './redis-space.js'
import { type Reply, WRONG_TYPE } from './turn-reads.js'
import { standingOf, type Version, versionOf } from './version.js'

/** Reads entries of one namespace, and says which of them may be used. */
export class EntryReader {
  readonly #space: RedisSpace
  #lastReply: Reply | undefined
  #lastVersion: Version | undefined

  constructor(space: RedisSpace) {
    this.#space = space
  }

  /** One round trip; a second one for an entry with a tag whose version is not known. */
  read(key: string): Promise<Entry<Body> | undefined> {
    const { keys, reads, seen, life, link } = this.#space
    const { generation } = link
    return reads.get([keys.entry(key), keys.version], (replies) => {
      if (!this.#isAdmitted(replies[1], generation)) return life.adopt().then(() => this.read(key))
      const now = this.#lastVersion
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

  /** Looks at the namespace's version, which all reads of a batch share: once for all of them. */
  #isAdmitted(reply: Reply | undefined, generation: number): boolean {
    if (reply === this.#lastReply && reply !== null && reply !== undefined) return true
    const { life } = this.#space
    const version = versionOf(reply)
    if (!life.admits(version, generation)) return false
    life.observe(version)
    this.#lastReply = reply
    this.#lastVersion = version
    return true
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

  #fault(key: string, fault: (RedisEvent & { type: 'record-fault' })['fault']): undefined {
    const { report, namespace } = this.#space
    report({ type: 'record-fault', namespace, key, fault })
  }
}

const NO_TAGS: readonly string[] = Object.freeze([])
