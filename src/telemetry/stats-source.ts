import type { CacheStats } from '../cache/stats.js'
import { InvalidOptionError } from '../errors.js'

/** What metrics are collected from: a cache. Its counters run anyway, so a read costs nothing more for being counted. */
export interface StatsSource {
  stats(): CacheStats
  /** Of the namespace and of each of its children. Without it, a child is counted where it is given itself. */
  allStats?(): readonly CacheStats[]
}

/** One counter of reads, as it stands now. `tier`: `none` where nothing was found, or the call rejected. */
export interface ReadCount {
  readonly outcome: string
  readonly tier: string
  readonly count: number
}

/** The caches given, each once. Throws `InvalidOptionError`. */
export function parseSources(caches: StatsSource | readonly StatsSource[]): readonly StatsSource[] {
  const all = Array.isArray(caches) ? (caches as readonly StatsSource[]) : [caches as StatsSource]
  for (const source of all) {
    if (typeof (source as Partial<StatsSource> | null | undefined)?.stats !== 'function') {
      throw new InvalidOptionError('caches', source, 'a cache, or an array of caches')
    }
  }
  return [...new Set(all)]
}

/** Memory and queue belong to a whole cache: a child given beside its parent must not count them again. */
export function topmost(sources: Iterable<StatsSource>): readonly CacheStats[] {
  const all = [...sources].map((source) => source.stats())
  return all.filter(({ namespace }) => !all.some((other) => isUnder(namespace, other.namespace)))
}

/** The sources whose reads nobody above them tells of already. */
export function readers(sources: Iterable<StatsSource>): readonly StatsSource[] {
  const all = [...sources]
  const telling = all.filter((source) => source.allStats !== undefined)
  const above = telling.map((source) => source.stats().namespace)
  return all.filter((source) => !above.some((name) => isUnder(source.stats().namespace, name)))
}

export function statsOfEach(source: StatsSource): readonly CacheStats[] {
  return source.allStats?.() ?? [source.stats()]
}

export function readCounts({ reads }: CacheStats): readonly ReadCount[] {
  return Object.entries(reads).flatMap(([outcome, tiers]) =>
    Object.entries(tiers).map(([tier, count]) => ({ outcome, tier, count })),
  )
}

/** Whether a namespace is a child, of any degree. */
export function isUnder(namespace: string, parent: string): boolean {
  return namespace.startsWith(`${parent}.`)
}
