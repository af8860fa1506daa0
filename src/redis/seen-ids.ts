import { recentMap } from '../entry/recent-map.js'

/** Keys remembered. Forgetting one costs a round trip. */
const MOST_KEYS = 10_000

/**
 * Ids of values that were read and could not be used (their tag was invalidated, say). Whoever then asks for the lease says
 * which value it saw; without that it would be sent to read the same dead value once more.
 */
export class SeenIds {
  readonly #ids = recentMap<string>(MOST_KEYS)

  /** Nothing, for whoever asked; the id is remembered. */
  unusable(key: string, id: string): undefined {
    this.#ids.set(key, id)
  }

  of(key: string): string {
    return this.#ids.get(key) ?? ''
  }
}
