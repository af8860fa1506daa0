import type { Outcome, Source } from './outcome.js'

export type ReadCounts = Partial<Record<Outcome, Partial<Record<Source | 'none', number>>>>

/** What happened in one namespace, counted. The most frequent outcome has a field of its own. */
export class Counters {
  memoryHits = 0
  /** Loaders begun. */
  loads = 0
  loadFailures = 0
  /** Loaded values that an invalidation overtook: handed over, not stored. */
  revoked = 0
  /** Records in Redis that could not be read, each taken as a miss. */
  recordFaults = 0
  readonly #reads = new Map<string, number>()

  read(outcome: Outcome, source: Source | undefined, times = 1): void {
    if (outcome === 'hit' && source === 'memory') {
      this.memoryHits += times
      return
    }
    const name = `${outcome} ${source ?? 'none'}`
    this.#reads.set(name, (this.#reads.get(name) ?? 0) + times)
  }

  reads(): ReadCounts {
    const counts: ReadCounts = {}
    const all = [...this.#reads]
    if (this.memoryHits > 0) all.push(['hit memory', this.memoryHits])
    for (const [name, count] of all) {
      const [outcome, source] = name.split(' ') as [Outcome, Source | 'none']
      ;(counts[outcome] ??= {})[source] = count
    }
    return counts
  }
}
