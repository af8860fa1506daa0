import type { Cache } from 'strata-cache'

const countsOf = (cache: Cache) => {
  const { hit, miss } = cache.stats().reads
  return { memory: hit?.memory ?? 0, redis: hit?.redis ?? 0, loader: miss?.loader ?? 0 }
}

/** Where reads from now on are answered from, in words, whenever it is asked. */
export function tally(cache: Cache): () => string {
  const start = countsOf(cache)
  return () => {
    const now = countsOf(cache)
    const parts = [
      { name: 'memory', count: now.memory - start.memory },
      { name: 'Redis', count: now.redis - start.redis },
      { name: 'loads', count: now.loader - start.loader },
    ]
    const total = parts.reduce((sum, { count }) => sum + count, 0)
    return parts
      .filter(({ count }) => count > 0)
      .map(({ name, count }) => `${((100 * count) / total).toFixed(1)} % ${name}`)
      .join(', ')
  }
}
