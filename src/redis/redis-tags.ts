import { newId } from '../entry/id.js'
import type { Announcer } from './announcer.js'
import type { NamespaceLife } from './namespace-life.js'
import type { CommandArgument } from './redis-client.js'
import type { RedisKeys } from './redis-keys.js'
import type { RedisLink } from './redis-link.js'
import { lifetimesOf, parseVersions, type TagVersions } from './tag-versions.js'
import type { TurnWrites } from './turn-writes.js'
import type { Version } from './version.js'
import { CLEAR, INVALIDATE, SOFTEN, STAMP } from './version-scripts.js'

export interface RedisTagsParts {
  readonly namespace: string
  readonly keys: RedisKeys
  readonly writes: TurnWrites
  readonly link: Pick<RedisLink, 'runId'>
  readonly life: NamespaceLife
  readonly announcer: Announcer
}

/** Tags of one script. Lua takes no more than some thousand values at once. */
const MOST_TAGS = 512

/** On one Redis: all versions are in reach of every script. */
export class RedisTags implements TagVersions {
  readonly #parts: RedisTagsParts

  constructor(parts: RedisTagsParts) {
    this.#parts = parts
  }

  scriptKeys(tags: readonly string[]): string[] {
    const { keys } = this.#parts
    const all = [keys.version]
    for (const tag of tags) all.push(keys.tag(tag))
    return all
  }

  async versionsOf(tags: readonly string[], lifetime: number): Promise<readonly Version[]> {
    const { writes, link, life } = this.#parts
    const args = [newId(), ...lifetimesOf(lifetime), link.runId, '1']
    const replies = await writes.run(STAMP, this.scriptKeys(tags), args)
    const versions = parseVersions(replies as readonly unknown[])
    life.observe(versions[0])
    return versions
  }

  keep(): undefined {
    return undefined
  }

  isMoved(): false {
    return false
  }

  async invalidate(tags: readonly string[], soft: boolean): Promise<void> {
    const parts: Promise<void>[] = []
    for (let from = 0; from < tags.length; from += MOST_TAGS) {
      parts.push(this.#invalidatePart(tags.slice(from, from + MOST_TAGS), soft))
    }
    await Promise.all(parts)
  }

  async #invalidatePart(tags: readonly string[], soft: boolean): Promise<void> {
    const { writes, announcer, namespace } = this.#parts
    const told = announcer.inScript(namespace, { kind: 'tags', tags, soft })
    const args: CommandArgument[] = soft ? [newId(), 2, ...told] : told
    await writes.run(soft ? SOFTEN : INVALIDATE, this.scriptKeys(tags), args)
  }

  async clear(): Promise<void> {
    const { writes, announcer, namespace, keys, life } = this.#parts
    const told = announcer.inScript(namespace, { kind: 'clear' })
    await writes.run(CLEAR, [keys.version], [newId(), ...told])
    life.forget()
  }
}
