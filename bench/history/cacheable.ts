import type { Driver, DriverContext } from '../../src/checker/index.js'
import { openKeyvRedis } from './keyv-redis.js'
import { optionsOf, TTL } from './options.js'

/** Memory as the primary and Redis as the secondary, with its CacheableSync over Redis; without memory Redis as the primary. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { Cacheable, createKeyv } = await import('cacheable')
  const { RedisMessageProvider } = await import('@qified/redis')
  const { redis: url, memory } = optionsOf(context)
  const redis = openKeyvRedis(url)
  const cache = memory
    ? new Cacheable({
        primary: createKeyv({ lruSize: 100_000 }),
        secondary: redis,
        ttl: TTL,
        sync: { qified: new RedisMessageProvider({ uri: url }) },
      })
    : new Cacheable({ primary: redis, ttl: TTL })
  cache.on('error', () => undefined)
  return {
    get: (key, load) => cache.getOrSet(key, load, { ttl: TTL }),
    set: (key, row) => cache.set(key, row, TTL),
    delete: (key) => cache.delete(key),
    close: () => cache.disconnect(),
  }
}
