import { postKey, type Post } from '../post.js'
import type { Peer, PeerCache, Setup } from './peer.js'
import { connectRedis } from './redis-client.js'

/**
 * `new Loader({ inMemoryCache, asyncCache, dataSources })` as documented; memory by reference (`lru-map`, its default), Redis
 * as JSON (it writes nothing but strings without `json: true`). 14.2.2 is the newest version that runs on Node 20. It has a
 * `getMany` of its own, which finds the key of a value by asking us.
 */
async function open(setup: Setup): Promise<PeerCache> {
  const { Loader, RedisCache } = await import('layered-loader')
  const { tiers, ttl, maxEntries } = setup
  const redis = tiers === 'memory' ? undefined : await connectRedis(setup)
  const loader = new Loader<unknown>({
    inMemoryCache: tiers === 'redis' ? false : { ttlInMsecs: ttl, maxItems: maxEntries },
    ...(redis === undefined
      ? {}
      : { asyncCache: new RedisCache<unknown>(redis, redisOptions(setup)) }),
    dataSourceGetOneFn: (key) => setup.load(key),
    dataSourceGetManyFn: (keys) => setup.loadMany(keys),
    cacheKeyFromValueResolver: (value) => postKey((value as Post).id),
    logger: { error: () => undefined },
  })
  return {
    get: (key) => loader.get(key),
    set: (key, value) => loader.forceSetValue(key, value),
    getMany: (keys) => loader.getMany([...keys]),
    close: async () => {
      await loader.close()
      redis?.disconnect()
    },
  }
}

function redisOptions({ ttl, patience }: Setup): {
  prefix: string
  json: boolean
  ttlInMsecs: number
  timeoutInMsecs?: number
} {
  const options = { prefix: 'bench', json: true, ttlInMsecs: ttl }
  return patience === undefined ? options : { ...options, timeoutInMsecs: patience }
}

export const layeredLoaderPeers: readonly Peer[] = [
  { name: 'layered-loader', tiers: ['memory', 'redis', 'both'], many: true, open },
]
