import { Redis } from 'ioredis'
import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

/** As documented for several processes: memory, Redis and its pair of notifications. Its loader is fixed, so it looks ours up. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { createNotificationPair, Loader, RedisCache } = await import('layered-loader')
  const { redis: url, memory } = optionsOf(context)
  const clients = [new Redis(url), new Redis(url), new Redis(url)] as const
  for (const client of clients) client.on('error', () => undefined)
  const [redis, publisherRedis, consumerRedis] = clients
  const { publisher, consumer } = createNotificationPair<Row>({
    channel: 'layered-loader',
    publisherRedis,
    consumerRedis,
  })
  const loads = new Map<string, () => Promise<Row>>()
  const loader = new Loader<Row>({
    inMemoryCache: memory ? { ttlInMsecs: TTL, maxItems: 100_000 } : false,
    asyncCache: new RedisCache<Row>(redis, { prefix: 'check', json: true, ttlInMsecs: TTL }),
    dataSourceGetOneFn: async (key) => await loads.get(key)?.(),
    ...(memory ? { notificationPublisher: publisher, notificationConsumer: consumer } : {}),
    logger: { error: () => undefined },
  })
  await loader.init()
  return {
    get: async (key, load) => {
      loads.set(key, load)
      return await loader.get(key)
    },
    set: (key, row) => loader.forceSetValue(key, row),
    delete: (key) => loader.invalidateCacheFor(key),
    close: async () => {
      await loader.close()
      for (const client of clients) client.disconnect()
    },
  }
}
