import { BODY_FLAG } from '../entry/body-flag.js'
import { isHashedText, redisKeyText } from '../entry/key.js'
import {
  decodeRecord,
  HEAD,
  headLengthOf,
  isWithoutValue,
  readBeginning,
  type RecordFields,
} from '../entry/record.js'
import { type LeaseHead, readLeaseHead } from '../entry/record-head.js'
import { replyCode } from '../tier/failure.js'
import type {
  Comparison,
  Copy,
  Finding,
  Inspector,
  LeaseView,
  ValueFinding,
  VersionView,
} from '../tier/inspector.js'
import type { CommandClient } from './redis-client.js'
import { parseFailure } from './load-failure.js'
import type { RedisLink } from './redis-link.js'
import type { RedisSpace } from './redis-space.js'
import { type Reply, WRONG_TYPE } from './turn-reads.js'
import { stampOf, standingOf, textOf, versionOf } from './version.js'

export interface RedisInspectorParts {
  readonly space: RedisSpace
  readonly client: CommandClient
  readonly link: Pick<RedisLink, 'isReady'>
}

/** Characters of a token that are shown. */
const SHOWN = 4

/** Plain GET and PTTL, a key each: the same in Cluster. Nothing it learns is noted anywhere. */
export class RedisInspector implements Inspector {
  readonly #parts: RedisInspectorParts

  constructor(parts: RedisInspectorParts) {
    this.#parts = parts
  }

  keyOf(key: string): string {
    return this.#parts.space.keys.entry(key)
  }

  /** Two round trips, of which the second one is for the versions of the tags. */
  async find(key: string): Promise<Finding> {
    const { keys } = this.#parts.space
    const [bytes, version, left] = await Promise.all([
      this.#get(keys.entry(key)),
      this.#get(keys.version),
      this.#leftOf(keys.entry(key)),
    ])
    if (bytes === null) return { kind: 'absent' }
    const size = { bytes: bytes.length, left }
    if (bytes === WRONG_TYPE) return { kind: 'unreadable', fault: 'wrong-type', ...size }
    const lease = bytes.length < HEAD.LENGTH ? undefined : readLeaseHead(bytes)
    if (isWithoutValue(bytes)) return this.#withoutValue(bytes, lease, size)
    const fields = decodeRecord(bytes)
    if (typeof fields === 'string') return { kind: 'unreadable', fault: fields, ...size }
    if (fields.fullKey !== undefined && fields.fullKey !== key)
      return { kind: 'unreadable', fault: 'key-mismatch', ...size }
    const versions = await this.#versionsOf(fields, version)
    return { ...this.#valueOf(key, fields, versions), ...this.#holdOf(lease), ...size }
  }

  compare(copies: readonly Copy[]): Promise<readonly Comparison[]> {
    return Promise.all(copies.map((copy) => this.#compared(copy)))
  }

  async #get(key: string): Promise<Reply> {
    try {
      return await this.#client().getBuffer(key)
    } catch (error) {
      if (error instanceof Error && replyCode(error.message) === 'WRONGTYPE') return WRONG_TYPE
      throw error
    }
  }

  async #leftOf(key: string): Promise<number | undefined> {
    const left = await this.#client().pttl(key)
    return left < 0 ? undefined : left
  }

  #client(): CommandClient {
    const { client, link } = this.#parts
    if (!link.isReady()) throw new Error('the connection was lost')
    return client
  }

  #withoutValue(
    bytes: Buffer,
    lease: LeaseHead | undefined,
    size: { bytes: number; left: number | undefined },
  ): Finding {
    const kind = bytes.toString('latin1', HEAD.KIND_AT, HEAD.KIND_AT + HEAD.KIND_WIDTH)
    if (kind === HEAD.LEASE) return { kind: 'lease', lease: this.#holdOf(lease).lease, ...size }
    // The message, where one is shared, may hold what is nobody's business here.
    const { name, code } = parseFailure(bytes.toString('utf8', HEAD.LENGTH))
    const failure = code === undefined ? { name } : { name, code }
    return { kind: 'failure', failure, ...size }
  }

  #holdOf(lease: LeaseHead | undefined): {
    lease: LeaseView | undefined
    resting: number | undefined
  } {
    const { time, clock } = this.#parts.space
    const left = lease === undefined ? 0 : time.fromRedis(lease.deadline) - clock.now()
    if (lease === undefined || left <= 0) return { lease: undefined, resting: undefined }
    const { token, awaited } = lease
    const whole = Math.ceil(left)
    return token === undefined
      ? { lease: undefined, resting: whole }
      : { lease: { token: token.slice(0, SHOWN), left: whole, awaited }, resting: undefined }
  }

  async #versionsOf(
    { stamps }: RecordFields,
    namespaceVersion: Reply,
  ): Promise<readonly VersionView[]> {
    const { keys, life, namespace } = this.#parts.space
    const replies = await Promise.all(
      stamps.map(async ({ name }) =>
        name === '' ? namespaceVersion : await this.#get(keys.tag(name)),
      ),
    )
    return stamps.map((stamp, i): VersionView => {
      const now = versionOf(replies[i])
      const isNamespace = stamp.name === ''
      const isOver = isNamespace && life.isEndedByAdoption(namespaceVersion)
      return {
        kind: isNamespace ? 'namespace' : 'tag',
        name: isNamespace ? namespace : stamp.name,
        builtUnder: textOf(stamp),
        now: now && textOf(stampOf('', now)),
        standing: isOver ? 'ended' : standingOf(stamp, now),
      }
    })
  }

  #valueOf(
    key: string,
    fields: RecordFields,
    versions: readonly VersionView[],
  ): Omit<ValueFinding, 'lease' | 'resting' | 'bytes' | 'left'> {
    const { id, loadTime, body } = fields
    return {
      kind: 'value',
      standing: this.#standingOf(fields, versions),
      id,
      storedAt: this.#wall(fields.created),
      freshUntil: fields.freshUntil === 0 ? 0 : this.#wall(fields.freshUntil),
      staleUntil: this.#wall(fields.staleUntil),
      loadTime,
      record: {
        head: HEAD.MAGIC,
        frame: 1, // `decodeRecord` refuses any other
        flags: body.flags,
        body: body.kind === 0 ? 'msgpack' : 'raw',
        bodyBytes: body.bytes.byteLength,
        compressed: (body.flags & BODY_FLAG.brotli) !== 0,
        hashed: isHashedText(redisKeyText(key)),
      },
      versions,
    }
  }

  /** As `RedisTier.read` judges. */
  #standingOf(fields: RecordFields, versions: readonly VersionView[]): ValueFinding['standing'] {
    const { time, clock } = this.#parts.space
    const standings = versions.map(({ standing }) => standing)
    if (versions[0]?.kind !== 'namespace' || standings.includes('ended')) return 'ended'
    const now = clock.now()
    const isSoft = standings.includes('soft')
    if (time.fromRedis(fields.staleUntil) <= now) return 'gone'
    if (isSoft && fields.freshUntil === fields.staleUntil) return 'gone'
    return !isSoft && time.fromRedis(fields.freshUntil) > now ? 'fresh' : 'stale'
  }

  #wall(redisTime: number): number {
    const { time, clock } = this.#parts.space
    return Math.round(time.fromRedis(redisTime) - clock.now() + clock.wall())
  }

  /** Heads and versions only, all of them in one turn. */
  #compared({ key, id, tags, size }: Copy): Promise<Comparison> {
    const { keys, reads, life, time, clock, maxValueBytes } = this.#parts.space
    const versions = [keys.version, ...tags.map((tag) => keys.tag(tag))]
    const beginning = { key: keys.entry(key), length: headLengthOf(tags) }
    return reads.getWithBeginning(versions, beginning, (replies): Comparison => {
      const bytes = replies.at(-1) ?? WRONG_TYPE
      if (bytes.length === 0 || isWithoutValue(bytes))
        return size > maxValueBytes ? 'unknown' : 'absent'
      const begun = readBeginning(bytes)
      if (begun?.id !== id) return 'other'
      const standings = begun.stamps.map((stamp, i) => standingOf(stamp, versionOf(replies[i])))
      if (standings.includes('ended') || life.isEndedByAdoption(replies[0] ?? null)) return 'ended'
      const isFresh = time.fromRedis(begun.freshUntil) > clock.now()
      return isFresh && !standings.includes('soft') ? 'same' : 'stale'
    })
  }
}
