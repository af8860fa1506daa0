/** Keys counted. */
const MOST_KEYS = 10_000

/** Milliseconds after which a key is counted anew. */
const LIFE = 600_000

/** How often keys were asked for lately: what is asked for once is not worth its room. */
export class Requests {
  readonly #counts = new Map<string, { readonly until: number; count: number }>()

  /** Counts a request. True from the `least`th on. */
  isEnough(key: string, least: number, now: number): boolean {
    if (least <= 1) return true
    const known = this.#counts.get(key)
    const entry =
      known === undefined || known.until <= now ? { until: now + LIFE, count: 0 } : known
    entry.count++
    this.#counts.delete(key)
    this.#counts.set(key, entry)
    const [first] = this.#counts.keys()
    if (this.#counts.size > MOST_KEYS && first !== undefined) this.#counts.delete(first)
    return entry.count >= least
  }
}
