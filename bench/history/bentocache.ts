import { Redis } from 'ioredis'
import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

/** As documented for several processes: memory and Redis with a bus over Redis; without memory Redis alone. Tags are its own. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { BentoCache, bentostore } = await import('bentocache')
  const { memoryDriver } = await import('bentocache/drivers/memory')
  const { redisBusDriver, redisDriver } = await import('bentocache/drivers/redis')
  const { redis: url, memory } = optionsOf(context)
  const connection = new Redis(url)
  connection.on('error', () => undefined)
  const { host = '127.0.0.1', port = 6379 } = connection.options
  const l2 = redisDriver({ connection })
  const store = memory
    ? bentostore()
        .useL1Layer(memoryDriver({ maxItems: 100_000 }))
        .useL2Layer(l2)
        .useBus(redisBusDriver({ connection: { host, port } }))
    : bentostore().useL2Layer(l2)
  const cache = new BentoCache({ default: 'main', stores: { main: store }, ttl: TTL })
  return {
    get: (key, load, tags) => cache.getOrSet<Row>({ key, factory: load, tags: [...tags] }),
    set: (key, row, tags) => cache.set({ key, value: row, tags: [...tags] }),
    delete: (key) => cache.delete({ key }),
    invalidateTag: (tag) => cache.deleteByTag({ tags: [tag] }),
    close: () => cache.disconnectAll(),
  }
}
