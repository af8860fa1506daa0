import type { Wakes } from '../bus/wakes.js'
import type { Body, Entry } from '../entry/entry.js'
import { newId } from '../entry/id.js'
import type { Stamp } from '../entry/tag.js'
import type { Ending, Grant, Lease, LeaseDesk, LeaseRequest } from '../flight/lease.js'
import { lastingVersions, takeFree } from './free-lease.js'
import type { LateTags } from './late-tags.js'
import { REMOVE } from './entry-scripts.js'
import { ACQUIRE, FILL, RELEASE, RENEW } from './lease-scripts.js'
import { formatFailure, parseFailure } from './load-failure.js'
import type { CommandArgument } from './redis-client.js'
import { isOversize, recordOf, type RedisSpace, tooLate } from './redis-space.js'
import type { Renewable, Renewals } from './renewals.js'
import { lifetimesOf, parseVersions, stampsFrom } from './tag-versions.js'
import { textOf, type Version } from './version.js'

/** Milliseconds a failure stands for those who waited; each looks as soon as it is woken. */
const FAILURE_LIFE = 2_000

export interface RedisLeasesParts {
  readonly space: RedisSpace
  readonly wakes: Wakes
  readonly lateTags: LateTags
  readonly renewals: Renewals
}

/** One load per key over all processes: the leases of one namespace, kept in the entries' own keys. */
export class RedisLeases implements LeaseDesk {
  readonly #parts: RedisLeasesParts

  constructor(parts: RedisLeasesParts) {
    this.#parts = parts
  }

  /** In Cluster versions are read first: what moves between that and the lease makes the value unusable. */
  async acquire(key: string, request: LeaseRequest): Promise<Grant> {
    const { space, lateTags } = this.#parts
    const { writes, tags } = space
    const names = [...request.tags, ...lateTags.expected(key, request.tags)]
    const before = writes.isCluster ? await tags.versionsOf(names, request.lifetime) : undefined
    const versions = before ?? lastingVersions(space, names, request.lifetime)
    const token = await takeFree(space, key, request, versions)
    if (token === undefined || versions === undefined) {
      return await this.#ask(key, request, { names, before })
    }
    return this.#granted(key, request, { token, isOwn: true, versions, names })
  }

  #granted(key: string, { ttl, longest, mode }: LeaseRequest, got: Granted): Grant {
    const until = this.#parts.space.clock.now() + longest
    const { token, isOwn, versions, names } = got
    const announce = mode === 'force'
    const held: Held = { key, token, isOwn, versions, names, ttl, until, announce }
    return { kind: 'yours', lease: new RedisLease(this.#parts, held) }
  }

  /** By the script: it looks at whatever is there. */
  async #ask(key: string, request: LeaseRequest, { names, before }: Named): Promise<Grant> {
    const { space, wakes } = this.#parts
    const { keys, writes, tags, seen, time, clock, timeout, link, namespace, life } = space
    // before asking: a wake-up cannot come between the reply and this
    const waiting = request.mode === 'wait' ? wakes.register(namespace, key) : undefined
    let isHeld = false
    try {
      const token = newId()
      const sentAt = clock.now()
      const until = sentAt + timeout
      const declared = [keys.entry(key), ...tags.scriptKeys(names)]
      const reply = (await writes.run(ACQUIRE, declared, [
        token,
        request.ttl,
        request.seen === '' ? seen.of(key) : request.seen,
        request.mode,
        String(time.toRedisAtLatest(until)),
        request.waitedFor,
        ...lifetimesOf(request.lifetime),
        link.runId,
        request.hasStale ? '1' : '0',
      ])) as readonly unknown[]
      const [said, ...rest] = reply as [string, ...unknown[]]
      switch (said) {
        case 'yours': {
          const versions = before ?? parseVersions(rest.slice(1))
          if (before === undefined) {
            life.observe(versions[0])
            life.kept(sentAt + request.lifetime)
          }
          const isOwn = rest[0] === token
          return this.#granted(key, request, { token: String(rest[0]), isOwn, versions, names })
        }
        case 'held': {
          isHeld = true
          return {
            kind: 'held',
            left: Number(rest[0]),
            token: String(rest[1]),
            wait: (ms) => waiting?.until(ms) ?? Promise.resolve(),
            leave: () => waiting?.end(),
          }
        }
        case 'changed':
          return { kind: 'changed', id: String(rest[0]) }
        case 'resting':
          return { kind: 'resting', left: Number(rest[0]) }
        case 'failed':
          return { kind: 'failed', failure: parseFailure(String(rest[0])) }
        default:
          return tooLate(space, until)
      }
    } finally {
      if (!isHeld) waiting?.end()
    }
  }
}

/** The tags a value may be filed under; in Cluster with the versions read before the lease. */
interface Named {
  readonly names: readonly string[]
  readonly before: readonly Version[] | undefined
}

interface Granted {
  readonly token: string
  /** Not shared: ours to renew. */
  readonly isOwn: boolean
  /** The namespace's first, then those of `names`. */
  readonly versions: readonly Version[]
  readonly names: readonly string[]
}

/** A lease as it was given. */
interface Held extends Granted {
  readonly key: string
  readonly ttl: number
  /** Not renewed after this moment. */
  readonly until: number
  /** All are to drop what they have of this key when it is filled. */
  readonly announce: boolean
}

class RedisLease implements Lease, Renewable {
  readonly stamps: readonly Stamp[]
  readonly #parts: RedisLeasesParts
  readonly #held: Held
  #ended = false

  constructor(parts: RedisLeasesParts, held: Held) {
    this.#parts = parts
    this.#held = held
    this.stamps = stampsFrom(held.names, held.versions)
    if (held.isOwn) parts.renewals.add(this)
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
    const [, most] = lifetimesOf(lifetime)
    const message = announce
      ? ({ kind: 'remove', keys: [key] } as const)
      : ({ kind: 'wake', key } as const)
    const told = announcer.inScript(namespace, message)
    const names = stamps.slice(1).map(({ name }) => name)
    const declared = [keys.entry(key), ...tags.scriptKeys(names)]
    const expected = declared.length === 1 ? [] : stamps.map(textOf)
    const record = recordOf(space, key, entry, stamps)
    const sentAt = space.clock.now()
    const args = [token, record, lifetime, most, ...told, announce ? '1' : '0', ...expected]
    const [said, awaited] = await this.#filled(declared, args)
    if (awaited === 1 || announce) await announcer.afterwards(namespace, message)
    if (said !== 'filled') return 'revoked'
    if (expected.length > 0) space.life.kept(sentAt + lifetime)
    return (await tags.isMoved(stamps)) ? 'revoked' : 'filled'
  }

  /** A refused fill (no memory) gives the lease back: those who wait are not to wait for nothing. */
  async #filled(
    declared: readonly string[],
    args: readonly CommandArgument[],
  ): Promise<[said: unknown, awaited: unknown]> {
    try {
      return (await this.#parts.space.writes.run(FILL, declared, args)) as [unknown, unknown]
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
    if (space.writes.isCluster) return lateTags.learn(this.#held.key, late)
    const versions = await space.tags.versionsOf(unknown, lifetime)
    const begun = this.#held.versions[0]?.sequence ?? 0
    if (versions.slice(1).some(({ sequence }) => sequence > begun)) return undefined
    return [...own, ...stampsFrom(unknown, versions).slice(1)]
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
