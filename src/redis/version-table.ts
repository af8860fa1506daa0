import type { Marks } from '../entry/marks.js'
import { recentMap } from '../entry/recent-map.js'
import type { Version } from './version.js'

/** Tags of one namespace whose versions are remembered. Forgetting one costs a look into Redis. */
const MOST_TAGS = 10_000

/**
 * Versions of tags as this process knows them, kept right by what it hears. It may only say "good": that an entry is built
 * under another version is decided by Redis, since nobody tells of the eviction of a tag.
 */
export class VersionTable {
  readonly #marks: Marks
  readonly #isSure: () => boolean
  readonly #versions = recentMap<Known>(MOST_TAGS)

  /** `isSure`: whether everything is heard at this moment; else nothing is known. */
  constructor(marks: Marks, isSure: () => boolean) {
    this.#marks = marks
    this.#isSure = isSure
  }

  get(tag: string): Version | undefined {
    if (!this.#isSure()) return undefined
    const known = this.#versions.get(tag)
    if (known === undefined) return undefined
    const { since, version } = known
    if (this.#marks.isTrusted(since) && this.#marks.verdictOfTags(since, [tag]) === 'good') {
      return version
    }
    this.#versions.delete(tag)
    return undefined
  }

  /** `since`: the moment on the marks when Redis was asked. */
  put(tag: string, version: Version | undefined, since: number): void {
    if (version === undefined) this.#versions.delete(tag)
    else this.#versions.set(tag, { version, since })
  }
}

interface Known {
  readonly version: Version
  readonly since: number
}
