import type { Body, Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'
import type { Ending, Lease } from '../flight/lease.js'
import { REMOVE } from './entry-scripts.js'
import { type Fill, type Filled, FILLS } from './fills.js'
import type { LateTags } from './late-tags.js'
import { RELEASE, RENEW } from './lease-scripts.js'
import { formatFailure } from './load-failure.js'
import { digestOf, type LoanToken } from './loan-token.js'
import { isOversize, recordOf, type RedisSpace } from './redis-space.js'
import type { Renewable, Renewals } from './renewals.js'
import { stampsFrom } from './tag-versions.js'
import { textOf, type Version } from './version.js'

/** Milliseconds a failure stands for those who waited; each looks as soon as it is woken. */
const FAILURE_LIFE = 2_000

export interface RedisLeaseParts {
  readonly space: RedisSpace
  readonly lateTags: LateTags
  readonly renewals: Renewals
}

export interface Granted {
  readonly token: string
  /** Not shared: ours to renew. */
  readonly isOwn: boolean
  /** The namespace's first, then those of `names`. */
  readonly versions: readonly Version[]
  readonly names: readonly string[]
}

/** A lease as it was given. */
export interface Held extends Granted {
  readonly key: string
  readonly ttl: number
  /** Not renewed after this moment. */
  readonly until: number
  /** All are to drop what they have of this key when it is filled. */
  readonly announce: boolean
  /** Held by somebody outside of this process: not renewed. */
  readonly loan?: LoanToken
}

/** A lease that stands in the key of its entry. */
export class RedisLease implements Lease, Renewable {
  readonly stamps: readonly Stamp[]
  readonly #parts: RedisLeaseParts
  readonly #held: Held
  #ended = false

  constructor(parts: RedisLeaseParts, held: Held) {
    this.#parts = parts
    this.#held = held
    this.stamps = stampsFrom(held.names, held.versions)
    if (held.isOwn && held.loan === undefined) parts.renewals.add(this)
  }

  get pause(): number {
    return this.#held.ttl / 3
  }

  renew(): boolean {
    if (this.#ended || this.#parts.space.clock.now() > this.#held.until) return false
    this.#renew().catch(() => {
      // Not renewed: it ends by itself, which the fill will hear of. The connection's own trouble is told by others.
    })
    return true
  }

  async fill(
    entry: Entry<Body>,
    lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'> {
    const { space } = this.#parts
    const lifetime = Math.ceil(entry.staleUntil - space.clock.now())
    if (isOversize(space, this.#held.key, entry)) {
      return await this.#drop()
    }
    const stamps = await this.#stampsWith(entry.tags, lateTags, lifetime)
    if (stamps === undefined || lifetime <= 0 || !isCurrent()) {
      await this.release({ how: 'quiet' })
      return 'revoked'
    }
    return await this.#store(entry, stamps, lifetime)
  }

  /** A value that Redis cannot take: what is there goes, and is dropped by all where they are to hear of it. */
  async #drop(): Promise<'filled' | 'revoked'> {
    const { key, announce } = this.#held
    if (!(await this.#end('drop', '', 0))) return 'revoked'
    if (!announce) return 'filled'
    const { keys, writes, announcer, namespace } = this.#parts.space
    const message = { kind: 'remove', keys: [key] } as const
    await writes.run(REMOVE, [keys.entry(key)], announcer.inScript(namespace, message))
    await announcer.afterwards(namespace, message)
    return 'filled'
  }

  async release(ending: Ending): Promise<boolean> {
    switch (ending.how) {
      case 'quiet':
        return await this.#end('quiet', '', 0)
      case 'fail':
        return await this.#end('fail', formatFailure(ending.failure), FAILURE_LIFE)
      case 'rest':
        return await this.#end('rest', '', ending.ms)
    }
  }

  lapse(): void {
    this.#stop()
  }

  async #store(
    entry: Entry<Body>,
    stamps: readonly Stamp[],
    lifetime: number,
  ): Promise<'filled' | 'revoked'> {
    const { space } = this.#parts
    const { keys, tags, announcer, namespace } = space
    const { key, token, announce } = this.#held
    this.#stop()
    await tags.keep(stamps, lifetime)
    const message = announce
      ? ({ kind: 'remove', keys: [key] } as const)
      : ({ kind: 'wake', key } as const)
    const [channel, text] = announcer.inScript(namespace, message)
    const versions = tags.scriptKeys(stamps.slice(1).map(({ name }) => name))
    const expected = versions.length === 0 ? [] : stamps.map(textOf)
    const record = recordOf(space, key, entry, stamps)
    const sentAt = space.clock.now()
    const fill = { key: keys.entry(key), token, record, lifetime, versions, expected }
    const told = { channel, message: text, isLoud: announce }
    const { said, isAwaited } = await this.#filled({ ...fill, ...told })
    if (isAwaited || announce) await announcer.afterwards(namespace, message)
    if (said !== 'filled') return 'revoked'
    if (expected.length > 0) space.life.kept(sentAt + lifetime)
    return (await tags.isMoved(stamps)) ? 'revoked' : 'filled'
  }

  /** A refused fill (no memory) gives the lease back: those who wait are not to wait for nothing. */
  async #filled(fill: Fill): Promise<Filled> {
    try {
      return await this.#parts.space.writes.join(FILLS, fill)
    } catch (error) {
      this.#ended = false
      this.#end('quiet', '', 0).catch(() => {
        // It could not be given back either: it ends by itself. The caller hears of the first error.
      })
      throw error
    }
  }

  /** With those of tags that became known during the load; undefined when one of these may have been invalidated since. */
  async #stampsWith(
    tags: readonly string[],
    late: readonly string[],
    lifetime: number,
  ): Promise<readonly Stamp[] | undefined> {
    const { names } = this.#held
    const own = this.stamps.filter(({ name }) => name === '' || tags.includes(name))
    const unknown = late.filter((tag) => !names.includes(tag))
    if (unknown.length === 0) return own
    const { space, lateTags } = this.#parts
    if (space.writes.isCluster) {
      return (await this.#carried(own, late, lifetime)) ?? lateTags.learn(this.#held.key, late)
    }
    const versions = await space.tags.versionsOf(unknown, lifetime)
    const begun = this.#held.versions[0]?.sequence ?? 0
    if (versions.slice(1).some(({ sequence }) => sequence > begun)) return undefined
    return [...own, ...stampsFrom(unknown, versions).slice(1)]
  }

  /** In Cluster a token carries digests of the versions of likely tags: those of them that are the same are good. */
  async #carried(
    own: readonly Stamp[],
    late: readonly string[],
    lifetime: number,
  ): Promise<readonly Stamp[] | undefined> {
    const digests = this.#held.loan?.digests ?? []
    if (digests.length === 0) return undefined
    const versions = await this.#parts.space.tags.versionsOf(late, lifetime)
    const isGood = late.every((tag, i) => {
      const version = versions[i + 1]
      return version !== undefined && digests.includes(digestOf(tag, version))
    })
    return isGood ? [...own, ...stampsFrom(late, versions).slice(1)] : undefined
  }

  #stop(): void {
    this.#ended = true
    if (this.#held.isOwn) this.#parts.renewals.delete(this)
  }

  async #end(how: string, text: string, ms: number): Promise<boolean> {
    if (this.#ended) return true
    this.#stop()
    const { keys, writes, announcer, namespace } = this.#parts.space
    const { key, token, isOwn } = this.#held
    // whoever holds the lease that was shared ends it; a value that has become too large goes, whoever brought it
    const said = isOwn || how === 'drop' ? how : 'look'
    const message = { kind: 'wake', key } as const
    const told = announcer.inScript(namespace, message)
    const args = [token, said, text, ms, ...told]
    const reply = await writes.run(RELEASE, [keys.entry(key)], args)
    const [released, awaited] = reply as [unknown, unknown]
    if (awaited === 1) await announcer.afterwards(namespace, message)
    return released === 1
  }

  async #renew(): Promise<void> {
    const { keys, writes } = this.#parts.space
    const { key, token, ttl } = this.#held
    const renewed = await writes.run(RENEW, [keys.entry(key)], [token, ttl])
    if (renewed !== 1) this.#parts.renewals.delete(this)
  }
}
