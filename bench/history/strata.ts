import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { type CacheOptions, createCache } from '../../src/index.js'
import { type StrataOptions, strataOptionsOf, TTL } from './options.js'

/**
 * Strata, from source. Every option but `memory: true` goes to `createCache` as it is: this is the place for options of one's
 * own, as in `STRATA_CHECK_OPTIONS='{"grace":60000}'`.
 */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { redis, memory, timeout, ...rest } = strataOptionsOf(context)
  const options: CacheOptions = {
    namespace: 'history',
    ttl: TTL,
    redis: { ...placeOf(redis), timeout } as CacheOptions['redis'],
    logger: false,
    ...(memory ? {} : { memory: false }),
    ...rest,
  }
  const cache = createCache(options)
  await cache.ready()
  return {
    get: async (key, load, tags) => {
      const { value, outcome, tier } = await cache.read<Row>(key, load, { tags })
      return { value, source: `${outcome} ${tier ?? 'none'}` }
    },
    set: (key, row, tags) => cache.set(key, row, { tags }),
    delete: (key) => cache.delete(key),
    invalidateTag: (tag) => cache.invalidateTags(tag),
    close: () => cache.close(),
  }
}

function placeOf(redis: StrataOptions['redis']): object {
  if (typeof redis === 'string') return { url: redis }
  return 'cluster' in redis ? { cluster: { nodes: redis.cluster } } : redis
}
