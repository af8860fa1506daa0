import type { Keyv } from 'keyv'
import type { Peer, PeerCache, Setup } from './peer.js'
import { createKeyvRedis } from './redis-client.js'

/**
 * Both set-ups of its README: `new Keyv({ store: new KeyvCacheableMemory() })`, where Keyv turns each value into JSON text,
 * and `createKeyv()` of cacheable, where it does not; the latter with `useClone: false`, so that it hands out a reference
 * as Strata does. Redis is @keyv/redis. Many keys: its `mget` and `mset`, with the lines between them that its users write.
 */
function cacheManager(name: string, serialize: boolean): Peer {
  return {
    name,
    tiers: serialize ? ['memory', 'redis', 'both'] : ['memory', 'both'],
    many: true,
    open: (setup) => open(setup, serialize),
  }
}

async function open(setup: Setup, serialize: boolean): Promise<PeerCache> {
  const { createCache } = await import('cache-manager')
  const { Keyv } = await import('keyv')
  const { tiers, ttl, load } = setup
  const stores: Keyv[] = []
  if (tiers !== 'redis') stores.push(await memoryStore(setup, serialize))
  if (tiers !== 'memory') stores.push(new Keyv({ store: await createKeyvRedis(setup) }))
  for (const store of stores) store.on('error', () => undefined)
  const cache = createCache({ stores, ttl })
  return {
    get: (key) => cache.wrap(key, () => load(key), ttl),
    set: (key, value) => cache.set(key, value, ttl),
    getMany: async (keys) => {
      const values = await cache.mget<unknown>([...keys])
      const missing = keys.filter((_, index) => values[index] === undefined)
      if (missing.length === 0) return values
      const loaded = await setup.loadMany(missing)
      await cache.mset(missing.map((key, index) => ({ key, value: loaded[index], ttl })))
      return loaded
    },
    close: () => cache.disconnect(),
  }
}

async function memoryStore(setup: Setup, serialize: boolean): Promise<Keyv> {
  const { createKeyv, KeyvCacheableMemory } = await import('cacheable')
  const { Keyv } = await import('keyv')
  return serialize
    ? new Keyv({ store: new KeyvCacheableMemory({ lruSize: setup.maxEntries }) })
    : createKeyv({ lruSize: setup.maxEntries, useClone: false })
}

export const cacheManagerPeers: readonly Peer[] = [
  cacheManager('cache-manager', true),
  cacheManager('cache-manager serialize: off', false),
]
