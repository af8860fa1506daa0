import { Redis } from 'ioredis'
import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

/** One tier, Redis: the same with memory and without. */
export const hasMemory = false

/** Redis alone (it has one storage at a time), with its references for tags. Its loader is fixed, so it looks ours up. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { createCache } = await import('async-cache-dedupe')
  const redis = new Redis(optionsOf(context).redis)
  redis.on('error', () => undefined)
  const ttl = TTL / 1_000
  const callers = new Map<string, { load(): Promise<Row>; readonly tags: readonly string[] }>()
  const caller = (key: string) => {
    const found = callers.get(key)
    if (found === undefined) throw new Error(`nobody has asked for ${key}`)
    return found
  }
  const cache = createCache({
    ttl,
    storage: { type: 'redis', options: { client: redis, invalidation: { referencesTTL: ttl } } },
  }).define(
    'row',
    { references: (key: string) => [...caller(key).tags] },
    async (key: string) => await caller(key).load(),
  )
  return {
    get: async (key, load, tags) => {
      callers.set(key, { load, tags })
      return await cache.row(key)
    },
    delete: (key) => cache.clear('row', key),
    invalidateTag: (tag) => cache.invalidateAll([tag]),
    close: () => redis.quit(),
  }
}
