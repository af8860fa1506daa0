import type { Body, Entry } from '../entry/entry.js'
import { newId } from '../entry/id.js'
import type { Stamp } from '../entry/tag.js'
import { WRITE } from './entry-scripts.js'
import { knownStamps } from './known-stamps.js'
import type { CommandArgument } from './redis-client.js'
import { isOversize, recordOf, type RedisSpace, tooLate } from './redis-space.js'
import { lifetimesOf, parseVersions, stampsFrom } from './tag-versions.js'
import { textOf } from './version.js'

/** Writes entries of one namespace over whatever is there. */
export class EntryWriter {
  readonly #space: RedisSpace
  /** Stamps that Redis was not asked for. */
  readonly #assumed = new WeakSet<readonly Stamp[]>()

  constructor(space: RedisSpace) {
    this.#space = space
  }

  /** From what this process knows where it knows it: `write` has them checked. */
  async stampsOf(tags: readonly string[], lifetime: number): Promise<readonly Stamp[]> {
    const known = this.#space.writes.isCluster ? undefined : knownStamps(this.#space, tags)
    if (known !== undefined) this.#assumed.add(known)
    return known ?? stampsFrom(tags, await this.#space.tags.versionsOf(tags, lifetime))
  }

  /** False: there is nothing to keep, and what is there is to go. */
  async write(key: string, entry: Entry<Body>, stamps: readonly Stamp[]): Promise<boolean> {
    const { clock, tags, announcer, namespace } = this.#space
    const lifetime = Math.ceil(entry.staleUntil - clock.now())
    if (isOversize(this.#space, key, entry) || lifetime <= 0) return false
    await Promise.all([tags.keep(stamps, lifetime), this.#put(key, entry, stamps, lifetime)])
    await announcer.afterwards(namespace, { kind: 'remove', keys: [key] })
    return true
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
    const space = this.#space
    const { writes, keys, tags, announcer, namespace, link, time, clock, timeout } = space
    const since = space.moment()
    const names = stamps.slice(1).map(({ name }) => name)
    const declared = [keys.entry(key), ...tags.scriptKeys(names)]
    const [, most] = lifetimesOf(lifetime)
    const told = announcer.inScript(namespace, { kind: 'remove', keys: [key] })
    const isAssumed = this.#assumed.has(stamps) && this.#isStillKnown(names, stamps)
    let until: number | undefined
    let current = stamps
    for (;;) {
      const record = recordOf(space, key, entry, current)
      const expected = declared.length === 1 ? [] : current.map(textOf)
      // when it is sent: a long turn of the event loop is not time on the way
      const args = (): CommandArgument[] => {
        until ??= clock.now() + timeout
        const last = String(time.toRedisAtLatest(until))
        return [record, lifetime, last, newId(), most, link.runId, ...told, ...expected]
      }
      const [said, ...versions] = (await writes.run(WRITE, declared, args)) as [
        string,
        ...unknown[],
      ]
      if (said === 'stored') return
      if (said === 'late') return tooLate(space, until ?? clock.now())
      if (!isAssumed || current !== stamps) return
      if (space.isRevoked(since, key, names)) return
      current = stampsFrom(names, parseVersions(versions))
    }
  }

  /** What was heard since changes what is known: then the value is as old as its stamps. */
  #isStillKnown(tags: readonly string[], stamps: readonly Stamp[]): boolean {
    const known = knownStamps(this.#space, tags)
    return known?.every((stamp, i) => textOf(stamp) === textOf(stamps[i] as Stamp)) === true
  }
}
