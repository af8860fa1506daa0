import { newId } from '../entry/id.js'
import type { Stamp } from '../entry/tag.js'
import type { Announcer } from './announcer.js'
import type { RedisKeys } from './redis-keys.js'
import type { CommandArgument } from './redis-client.js'
import { lifetimesOf, parseVersions, type TagVersions } from './tag-versions.js'
import type { Turn } from './turn.js'
import type { TurnReads } from './turn-reads.js'
import type { TurnWrites } from './turn-writes.js'
import { standingOf, versionOf, type Version } from './version.js'
import { CLEAR, SOFTEN, STAMP } from './version-scripts.js'
import { REMOVE } from './entry-scripts.js'

export interface ClusterTagsParts {
  readonly namespace: string
  readonly keys: RedisKeys
  readonly writes: TurnWrites
  readonly reads: TurnReads
  readonly announcer: Announcer
  readonly turn: Turn
}

/**
 * In Cluster each version lives in a slot of its own: read before a load, kept alive before the value is stored, and read
 * again afterwards. What moved in between is dead on arrival for every reader, since readers compare.
 */
export class ClusterTags implements TagVersions {
  readonly #parts: ClusterTagsParts
  /** What this turn asks for, by key. */
  readonly #asked = new Map<string, VersionCall>()

  constructor(parts: ClusterTagsParts) {
    this.#parts = parts
  }

  scriptKeys(): string[] {
    return []
  }

  versionsOf(tags: readonly string[], lifetime: number): Promise<readonly Version[]> {
    return Promise.all(['', ...tags].map((name) => this.#ask(name, lifetime)))
  }

  async keep(stamps: readonly Stamp[], lifetime: number): Promise<void> {
    await Promise.all(stamps.map(({ name }) => this.#ask(name, lifetime)))
  }

  async isMoved(stamps: readonly Stamp[]): Promise<boolean> {
    const { reads } = this.#parts
    const keys = stamps.map(({ name }) => this.#keyOf(name))
    return await reads.get(keys, (replies) =>
      stamps.some((stamp, i) => standingOf(stamp, versionOf(replies[i])) !== 'good'),
    )
  }

  async invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    const { writes, announcer, namespace, keys } = this.#parts
    const script = soft ? SOFTEN : REMOVE
    await Promise.all(
      tags.map(async (tag) => {
        const args: CommandArgument[] = soft ? [newId(), 1, '', ''] : ['', '']
        await writes.run(script, [keys.tag(tag)], args)
        await announcer.afterwards(namespace, { kind: 'tags', tags: [tag], soft })
      }),
    )
  }

  async clear(): Promise<void> {
    const { writes, announcer, namespace, keys } = this.#parts
    await writes.run(CLEAR, [keys.version], [newId(), '', ''])
    await announcer.afterwards(namespace, { kind: 'clear' })
  }

  #keyOf(name: string): string {
    const { keys } = this.#parts
    return name === '' ? keys.version : keys.tag(name)
  }

  /** One script call for all that ask for this key in this turn, with the longest lifetime among them. */
  #ask(name: string, lifetime: number): Promise<Version> {
    const key = this.#keyOf(name)
    const asked = this.#asked.get(key)
    if (asked !== undefined) {
      asked.lengthen(lifetime)
      return asked.version
    }
    if (this.#asked.size === 0) this.#parts.turn.atEnd(() => this.#asked.clear())
    const call = new VersionCall(name === '', lifetime, async (args) => {
      const replies = await this.#parts.writes.run(STAMP, [key], args)
      return parseVersions(replies as readonly unknown[])[0] as Version
    })
    this.#asked.set(key, call)
    return call.version
  }
}

class VersionCall {
  readonly version: Promise<Version>
  readonly #args: CommandArgument[]
  #lifetime: number

  constructor(
    isNamespace: boolean,
    lifetime: number,
    send: (args: readonly CommandArgument[]) => Promise<Version>,
  ) {
    this.#lifetime = lifetime
    this.#args = [newId(), ...lifetimesOf(lifetime), '', isNamespace ? '1' : '0']
    this.version = send(this.#args)
  }

  lengthen(lifetime: number): void {
    if (lifetime <= this.#lifetime) return
    this.#lifetime = lifetime
    ;[this.#args[1], this.#args[2]] = lifetimesOf(lifetime)
  }
}
