import type { Cache, CacheEntry } from '@epic-web/cachified'
import type { Redis } from 'ioredis'
import type { Peer, PeerCache, Setup } from './peer.js'
import { connectRedis } from './redis-client.js'

/**
 * It brings no store: the memory adapter is the one of its README over lru-cache (by reference), the Redis adapter is JSON
 * over ioredis, as its published adapter does. One store at a time, so it has no row with both tiers. Many keys: its
 * `createBatch`, which loads the missing ones together but reads one by one.
 */
async function open(setup: Setup): Promise<PeerCache> {
  const { cachified, createBatch, createCacheEntry } = await import('@epic-web/cachified')
  const redis = setup.tiers === 'memory' ? undefined : await connectRedis(setup)
  const cache = redis === undefined ? await memoryStore(setup) : redisStore(redis)
  const { ttl, load } = setup
  return {
    get: (key) => cachified({ key, cache, ttl, getFreshValue: () => load(key) }),
    set: async (key, value) => cache.set(key, createCacheEntry(value, { ttl })),
    getMany: (keys) => {
      const batch = createBatch((missing: string[]) => setup.loadMany(missing))
      return Promise.all(
        keys.map((key) => cachified({ key, cache, ttl, getFreshValue: batch.add(key) })),
      )
    },
    close: async () => redis?.disconnect(),
  }
}

async function memoryStore(setup: Setup): Promise<Cache> {
  const { totalTtl } = await import('@epic-web/cachified')
  const { LRUCache } = await import('lru-cache')
  const lru = new LRUCache<string, CacheEntry>({ max: setup.maxEntries })
  return {
    get: (key) => lru.get(key),
    set: (key, entry) => lru.set(key, entry, { ttl: totalTtl(entry.metadata) }),
    delete: (key) => lru.delete(key),
  }
}

function redisStore(redis: Redis): Cache {
  return {
    get: async (key) => {
      const text = await redis.get(key)
      return text === null ? null : (JSON.parse(text) as CacheEntry)
    },
    set: (key, entry) => redis.set(key, JSON.stringify(entry), 'PX', entry.metadata.ttl ?? 1),
    delete: (key) => redis.del(key),
  }
}

export const cachifiedPeers: readonly Peer[] = [
  { name: 'cachified', tiers: ['memory', 'redis'], many: true, open },
]
