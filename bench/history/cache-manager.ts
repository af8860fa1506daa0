import type { Driver, DriverContext } from '../../src/checker/index.js'
import { openKeyvRedis } from './keyv-redis.js'
import { optionsOf, TTL } from './options.js'

/** The stores of its README, memory before Redis. It has no means to tell other processes. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { createCache } = await import('cache-manager')
  const { KeyvCacheableMemory } = await import('cacheable')
  const { Keyv } = await import('keyv')
  const { redis: url, memory } = optionsOf(context)
  const stores = [new Keyv({ store: openKeyvRedis(url) })]
  if (memory) stores.unshift(new Keyv({ store: new KeyvCacheableMemory({ lruSize: 100_000 }) }))
  for (const store of stores) store.on('error', () => undefined)
  const cache = createCache({ stores, ttl: TTL })
  return {
    get: (key, load) => cache.wrap(key, load, TTL),
    set: (key, row) => cache.set(key, row, TTL),
    delete: (key) => cache.del(key),
    close: () => cache.disconnect(),
  }
}
