import type { Condition } from '../entry/condition.js'
import type { Body, Entry } from '../entry/entry.js'
import { isId, newId } from '../entry/id.js'
import { isFresh } from '../entry/freshness.js'
import type { Stamp } from '../entry/tag.js'
import { TierUnavailableError } from '../errors.js'
import type { Exchange, Exchanged } from '../tier/exchange.js'
import { EntryReader } from './entry-reader.js'
import { REMOVE_IF, WRITE_IF } from './exchange-scripts.js'
import { knownStamps } from './known-stamps.js'
import type { CommandArgument } from './redis-client.js'
import { isOversize, recordOf, type RedisSpace, tooLate } from './redis-space.js'
import type { Script } from './script.js'
import { lifetimesOf, parseVersions, stampsFrom } from './tag-versions.js'
import { textOf } from './version.js'

/** Another value may be there each time; each of these rounds is a round trip. */
const MOST_ROUNDS = 16

/**
 * Compare and set in Redis: one script looks and writes. In Cluster, where versions live in other slots, these are looked at
 * before: what is invalidated between that look and the script counts as not invalidated yet.
 */
export class RedisExchange implements Exchange {
  readonly #space: RedisSpace
  readonly #reader: EntryReader

  constructor(space: RedisSpace) {
    this.#space = space
    this.#reader = new EntryReader(space)
  }

  async replace(key: string, entry: Entry<Body>, condition: Condition): Promise<Exchanged> {
    const { clock, timeout } = this.#space
    const until = clock.now() + timeout
    const lifetime = Math.ceil(entry.staleUntil - clock.now())
    if (isOversize(this.#space, key, entry) || lifetime <= 0) {
      return await this.#rounds(key, condition, this.#removal(key, until))
    }
    const stamps = await this.#stampsOf(entry.tags, lifetime)
    const replacement = new Replacement(this.#space, { key, entry, stamps, lifetime, until })
    return await this.#rounds(key, condition, replacement)
  }

  async remove(key: string, condition: Condition): Promise<Exchanged> {
    const { clock, timeout } = this.#space
    return await this.#rounds(key, condition, this.#removal(key, clock.now() + timeout))
  }

  #removal(key: string, until: number): Attempt {
    const { announcer, namespace } = this.#space
    const told = announcer.inScript(namespace, { kind: 'remove', keys: [key] })
    return {
      script: REMOVE_IF,
      tags: [],
      until,
      args: () => told,
      correct: () => false,
    }
  }

  /** Asks until the script has all that it needs to know. */
  async #rounds(key: string, condition: Condition, attempt: Attempt): Promise<Exchanged> {
    const space = this.#space
    const { keys, tags, time, writes } = space
    const ids = condition.kind === 'is' ? condition.ids.filter(isId).join(' ') : ''
    const last = String(time.toRedisAtLatest(attempt.until))
    let there: There = { tags: attempt.tags, ...UNSEEN }
    for (let round = 0; round < MOST_ROUNDS; round++) {
      const declared = tags.scriptKeys([...attempt.tags, ...there.tags])
      const reply = (await writes.run(
        attempt.script,
        [keys.entry(key), ...declared],
        [
          condition.kind,
          ids,
          there.seen,
          there.isUsable ? '1' : '0',
          space.life.expectedRun,
          attempt.tags.length,
          last,
          ...attempt.args(),
          ...(declared.length === 0 ? [] : there.tags),
        ],
      )) as [string, ...unknown[]]
      const [said, ...rest] = reply
      if (said === 'refused') return { isDone: false, id: String(rest[0]) }
      if (said === 'stored') return await this.#done(key)
      if (said === 'late') return tooLate(space, attempt.until)
      if (said === 'moved' && !attempt.correct(rest)) return { isDone: false, id: '' }
      there = await this.#toldMore(key, there, reply)
    }
    throw new TierUnavailableError(
      'timeout',
      'what is there was another each time it was looked at',
    )
  }

  /** What the script needs to know beside the condition. */
  async #toldMore(
    key: string,
    there: There,
    [said, ...rest]: readonly [string, ...unknown[]],
  ): Promise<There> {
    switch (said) {
      case 'tags':
        return { tags: rest.map(String), ...UNSEEN }
      case 'look':
        return { tags: NO_TAGS, ...(await this.#look(key)) }
      case 'adopt':
        await this.#space.life.adopt()
    }
    return there
  }

  async #done(key: string): Promise<Exchanged> {
    const { announcer, namespace } = this.#space
    await announcer.afterwards(namespace, { kind: 'remove', keys: [key] })
    return { isDone: true }
  }

  async #stampsOf(names: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    const { tags, writes } = this.#space
    const known = writes.isCluster ? undefined : knownStamps(this.#space, names)
    return known ?? stampsFrom(names, await tags.versionsOf(names, lifetime))
  }

  /** Which value is there, and whether a read would give it. */
  async #look(key: string): Promise<Pick<There, 'seen' | 'isUsable'>> {
    const { seen, clock } = this.#space
    const entry = await this.#reader.read(key)
    if (entry === undefined) return { seen: seen.of(key), isUsable: false }
    return { seen: entry.id, isUsable: isFresh(entry, clock.now()) }
  }
}

/** What is known, or taken for known, of what is there. */
interface There {
  /** Those of one Redis. */
  readonly tags: readonly string[]
  readonly seen: string
  readonly isUsable: boolean
}

const NO_TAGS: readonly string[] = Object.freeze([])
const UNSEEN = { seen: '', isUsable: false } as const

/** One write with a condition, whatever the condition. */
interface Attempt {
  readonly script: Script
  /** Of the new value. */
  readonly tags: readonly string[]
  /** Must not take effect after that, monotonic milliseconds. */
  readonly until: number
  /** What follows after the condition. */
  args(): readonly CommandArgument[]
  /** Brings it up to these versions. False: it was overtaken. */
  correct(versions: readonly unknown[]): boolean
}

interface Replaced {
  readonly key: string
  readonly entry: Entry<Body>
  readonly stamps: readonly Stamp[]
  readonly lifetime: number
  readonly until: number
}

class Replacement implements Attempt {
  readonly script = WRITE_IF
  readonly until: number
  readonly #space: RedisSpace
  readonly #replaced: Replaced
  readonly #since: number
  #stamps: readonly Stamp[]

  constructor(space: RedisSpace, replaced: Replaced) {
    this.#space = space
    this.#replaced = replaced
    this.#since = space.moment()
    this.#stamps = replaced.stamps
    this.until = replaced.until
  }

  get tags(): readonly string[] {
    return this.#replaced.entry.tags
  }

  args(): readonly CommandArgument[] {
    const { announcer, namespace, link, writes } = this.#space
    const { key, entry, lifetime } = this.#replaced
    const [, most] = lifetimesOf(lifetime)
    const record = recordOf(this.#space, key, entry, this.#stamps)
    const told = announcer.inScript(namespace, { kind: 'remove', keys: [key] })
    const expected = writes.isCluster ? [] : this.#stamps.map(textOf)
    return [record, lifetime, most, newId(), link.runId, ...told, ...expected]
  }

  /** Versions of which it was heard that they ended are not made good for: the value was there before. */
  correct(versions: readonly unknown[]): boolean {
    const { key } = this.#replaced
    if (this.#space.isRevoked(this.#since, key, this.tags)) return false
    this.#stamps = stampsFrom(this.tags, parseVersions(versions))
    return true
  }
}
