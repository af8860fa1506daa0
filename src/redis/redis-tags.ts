import type { Clock } from '../clock.js'
import { isId, newId } from '../entry/id.js'
import type { Stamp } from '../entry/tag.js'
import { replyCode } from '../tier/failure.js'
import type { CommandArgument } from './redis-client.js'
import type { RedisKeys } from './redis-keys.js'
import { KEEP, SOFTEN, STAMP } from './scripts.js'
import type { Turn } from './turn.js'
import type { TurnWrites } from './turn-writes.js'

/** Part of a lifetime added when a version's own is set, so that the next entry filed under it seldom has to extend it. */
const SLACK = 1.25

/**
 * The versions of one namespace and of its tags: `<hard>.<soft>`, two random ids, under a key of their own. An absent
 * version makes everything built under it unusable, so eviction, `FLUSHALL` or a restart never bring anything back.
 */
export class RedisTags {
  readonly #keys: RedisKeys
  readonly #writes: TurnWrites
  readonly #turn: Turn
  readonly #clock: Clock
  /** Until when (monotonic) the version of a stamp is known to be kept. */
  readonly #keptUntil = new WeakMap<Stamp, number>()
  /** What this turn asks for, by key. */
  readonly #asked = new Map<string, StampCall>()

  constructor(keys: RedisKeys, writes: TurnWrites, turn: Turn, clock: Clock) {
    this.#keys = keys
    this.#writes = writes
    this.#turn = turn
    this.#clock = clock
  }

  /** The namespace's stamp first, then the tags'. */
  stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    const ms = Math.max(1, Math.ceil(lifetime))
    return Promise.all([
      this.#stampOf('', this.#keys.version, ms),
      ...tags.map((tag) => this.#stampOf(tag, this.#keys.tag(tag), ms)),
    ])
  }

  /** Sees to it that the versions live as long as an entry that is about to be filed under them. */
  async keep(stamps: readonly Stamp[], lifetime: number): Promise<void> {
    const until = this.#clock.now() + lifetime
    const short = stamps.filter((stamp) => (this.#keptUntil.get(stamp) ?? 0) < until)
    if (short.length === 0) return
    const ms = Math.max(1, Math.ceil(lifetime))
    await Promise.all(
      short.map(({ name }) => this.#writes.run(KEEP, this.keyOf(name), [ms, slack(ms)])),
    )
  }

  /** Soft: stale instead of unusable. What cannot be softened (no memory, a foreign value) is ended for good. */
  async invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    const keys = tags.map((tag) => this.#keys.tag(tag))
    if (soft) await Promise.all(keys.map((key) => this.#soften(key)))
    else await this.#writes.del(keys)
  }

  /** Ends the life of the namespace; the next `stampsOf` begins a new one. */
  clear(): Promise<void> {
    return this.#writes.del([this.#keys.version])
  }

  keyOf(name: string): string {
    return name === '' ? this.#keys.version : this.#keys.tag(name)
  }

  async #soften(key: string): Promise<void> {
    try {
      await this.#writes.run(SOFTEN, key, [newId()])
    } catch (error) {
      if (!(error instanceof Error) || !['OOM', 'WRONGTYPE'].includes(replyCode(error.message)))
        throw error
      await this.#writes.del([key])
    }
  }

  async #stampOf(name: string, key: string, lifetime: number): Promise<Stamp> {
    const keptUntil = this.#clock.now() + lifetime
    const { hard, soft } = await this.#askFor(key, lifetime)
    const stamp: Stamp = Object.freeze({ name, hard, soft })
    this.#keptUntil.set(stamp, keptUntil)
    return stamp
  }

  /** One script call for all that ask for this key in this turn, with the longest lifetime among them. */
  #askFor(key: string, lifetime: number): Promise<Version> {
    const asked = this.#asked.get(key)
    if (asked !== undefined) {
      if (lifetime > asked.lifetime) asked.lengthen(lifetime)
      return asked.version
    }
    if (this.#asked.size === 0) this.#turn.atEnd(() => this.#asked.clear())
    const call = new StampCall(lifetime, (args) => this.#stamp(key, args))
    this.#asked.set(key, call)
    return call.version
  }

  async #stamp(key: string, args: readonly CommandArgument[]): Promise<Version> {
    const version = versionOf(await this.#tryStamp(key, args))
    if (version !== undefined) return version
    // something foreign is in the way
    await this.#writes.del([key])
    const made = versionOf(await this.#writes.run(STAMP, key, args))
    if (made === undefined) throw new Error(`no version can be kept under ${key}`)
    return made
  }

  async #tryStamp(key: string, args: readonly CommandArgument[]): Promise<unknown> {
    try {
      return await this.#writes.run(STAMP, key, args)
    } catch (error) {
      if (error instanceof Error && replyCode(error.message) === 'WRONGTYPE') return undefined
      throw error
    }
  }
}

class StampCall {
  lifetime: number
  readonly version: Promise<Version>
  readonly #args: CommandArgument[]

  constructor(lifetime: number, send: (args: readonly CommandArgument[]) => Promise<Version>) {
    this.lifetime = lifetime
    this.#args = [`${newId()}.${newId()}`, lifetime, slack(lifetime)]
    this.version = send(this.#args)
  }

  lengthen(lifetime: number): void {
    this.lifetime = lifetime
    this.#args[1] = lifetime
    this.#args[2] = slack(lifetime)
  }
}

export interface Version {
  readonly hard: string
  readonly soft: string
}

/** Undefined when there is none, or nothing of ours. Fields after the two ids are another version's business. */
export function versionOf(reply: unknown): Version | undefined {
  if (typeof reply !== 'string' && !Buffer.isBuffer(reply)) return undefined
  const [hard = '', soft = ''] = reply.toString('latin1').split('.')
  return isId(hard) && isId(soft) ? { hard, soft } : undefined
}

/** How an entry built under `stamp` stands to the version of now. */
export function standingOf(stamp: Stamp, now: Version | undefined): 'good' | 'soft' | 'ended' {
  if (now === undefined || now.hard !== stamp.hard) return 'ended'
  return now.soft === stamp.soft ? 'good' : 'soft'
}

function slack(lifetime: number): number {
  return Math.ceil(lifetime * SLACK)
}
