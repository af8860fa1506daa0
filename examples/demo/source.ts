import type { Reading } from 'strata-cache'

/** Where the slowest part of an answer came from, cheapest first. `stale`: from a tier, while a revalidation runs. */
export const sources = ['memory', 'stale', 'redis', 'database'] as const
export type Source = (typeof sources)[number]

export const titles: Readonly<Record<Source, string>> = {
  memory: 'L1 memory',
  stale: 'Stale',
  redis: 'L2 Redis',
  database: 'Database',
}

export function sourceOf(readings: readonly Reading<unknown>[]): Source {
  const rank = Math.max(...readings.map((reading) => sources.indexOf(sourceOfOne(reading))))
  return sources[rank] ?? 'database'
}

function sourceOfOne({ outcome, tier }: Reading<unknown>): Source {
  if (outcome === 'stale') return 'stale'
  if (outcome === 'hit') return tier === 'redis' ? 'redis' : 'memory'
  return 'database'
}
