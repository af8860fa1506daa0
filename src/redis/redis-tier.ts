import type { Body, Entry } from '../entry/entry.js'
import type { Stamp } from '../entry/tag.js'
import type { Confirmation, Tier } from '../tier/tier.js'
import { EntryReader } from './entry-reader.js'
import { EXPIRE, REMOVE } from './entry-scripts.js'
import { EntryWriter } from './entry-writer.js'
import type { RedisSpace } from './redis-space.js'

/** Keys of one REMOVE. */
const MOST_KEYS = 512

/**
 * The entries of one namespace in Redis: a record each under one key. Rejects with what Redis said; bounding the wait is
 * `GuardedTier`'s business.
 */
export class RedisTier implements Tier<Body> {
  readonly #space: RedisSpace
  readonly #reader: EntryReader
  readonly #writer: EntryWriter

  constructor(space: RedisSpace) {
    this.#space = space
    this.#reader = new EntryReader(space)
    this.#writer = new EntryWriter(space)
  }

  read(key: string): Promise<Entry<Body> | undefined> {
    return this.#reader.read(key)
  }

  confirm(key: string, id: string, tags: readonly string[]): Promise<Confirmation | undefined> {
    return this.#reader.confirm(key, id, tags)
  }

  async write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Promise<void> {
    if (!(await this.#writer.write(key, entry, stamps))) await this.remove([key])
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

  stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    return this.#writer.stampsOf(tags, lifetime)
  }

  invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    return this.#space.tags.invalidate(tags, soft)
  }

  clear(): Promise<void> {
    return this.#space.tags.clear()
  }

  async #removePart(keys: readonly string[]): Promise<void> {
    const { writes, announcer, namespace } = this.#space
    const told = announcer.inScript(namespace, { kind: 'remove', keys })
    const redisKeys = keys.map((key) => this.#space.keys.entry(key))
    await writes.run(REMOVE, redisKeys, told)
  }
}
