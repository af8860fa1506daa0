import { recentMap } from '../entry/recent-map.js'

/** Keys remembered. Forgetting one costs one load that is not stored. */
const MOST_KEYS = 10_000

/**
 * In Cluster the version of a tag must be read before the load, so a tag that becomes known only during it comes too late:
 * that value is handed over, not stored. Which tags they were is remembered for the next load of the key.
 */
export class LateTags {
  readonly #tags = recentMap<readonly string[]>(MOST_KEYS)

  /** Tags that the loader will probably name. */
  expected(key: string, named: readonly string[]): readonly string[] {
    const known = this.#tags.get(key)
    return known === undefined ? NONE : known.filter((tag) => !named.includes(tag))
  }

  /** Undefined, for whoever cannot store. */
  learn(key: string, late: readonly string[]): undefined {
    this.#tags.set(key, late)
  }
}

const NONE: readonly string[] = Object.freeze([])
