import type { Peer, PeerCache, Setup } from './peer.js'
import { createKeyvRedis } from './redis-client.js'

/**
 * `new Cacheable({ primary, secondary })` with its own memory store as the primary (bounded by `lruSize`, the only bound it
 * has) and @keyv/redis as the secondary. The memory store clones on every read by default (`useClone`); the second peer
 * switches that off, so that it hands out a reference as Strata does. Redis alone = Redis as the primary. Many keys: its
 * `getMany` and `setMany`, with the lines between them that its users write.
 */
function cacheable(name: string, useClone: boolean): Peer {
  return {
    name,
    tiers: useClone ? ['memory', 'redis', 'both'] : ['memory', 'both'],
    many: true,
    open: (setup) => open(setup, useClone),
  }
}

async function open(setup: Setup, useClone: boolean): Promise<PeerCache> {
  const { Cacheable, createKeyv } = await import('cacheable')
  const { tiers, maxEntries, ttl, load } = setup
  const memory = createKeyv({ lruSize: maxEntries, useClone })
  const cache =
    tiers === 'memory'
      ? new Cacheable({ primary: memory, ttl })
      : tiers === 'redis'
        ? new Cacheable({ primary: await createKeyvRedis(setup), ttl })
        : new Cacheable({ primary: memory, secondary: await createKeyvRedis(setup), ttl })
  cache.on('error', () => undefined)
  return {
    get: (key) => cache.getOrSet(key, () => load(key), { ttl }),
    set: (key, value) => cache.set(key, value, ttl),
    getMany: async (keys) => {
      const values = await cache.getMany<unknown>([...keys])
      const missing = keys.filter((_, index) => values[index] === undefined)
      if (missing.length === 0) return values
      const loaded = await setup.loadMany(missing)
      await cache.setMany(missing.map((key, index) => ({ key, value: loaded[index], ttl })))
      return loaded
    },
    close: () => cache.disconnect(),
  }
}

export const cacheablePeers: readonly Peer[] = [
  cacheable('cacheable', true),
  cacheable('cacheable useClone: false', false),
]
