import { Redis } from 'ioredis'
import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

const CHANNEL = 'naive:invalidated'

/**
 * What is written by hand everywhere: a Map, then GET, then the loader and SET; an invalidation is DEL and a message to the
 * other processes. What a load under way brings is stored whatever was invalidated meanwhile.
 */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { redis: url, memory } = optionsOf(context)
  const redis = new Redis(url)
  const subscriber = new Redis(url)
  for (const client of [redis, subscriber]) client.on('error', () => undefined)
  const rows = new Map<string, Row>()
  subscriber.on('message', (_: string, key: string) => rows.delete(key))
  await subscriber.subscribe(CHANNEL)

  const keep = async (key: string, row: Row): Promise<Row> => {
    if (memory) rows.set(key, row)
    await redis.set(key, JSON.stringify(row), 'PX', TTL)
    return row
  }
  return {
    get: async (key, load) => {
      const held = rows.get(key)
      if (held !== undefined) return { value: held, source: 'memory' }
      const text = await redis.get(key)
      if (text === null) return { value: await keep(key, await load()), source: 'loader' }
      const row = JSON.parse(text) as Row
      if (memory) rows.set(key, row)
      return { value: row, source: 'redis' }
    },
    delete: async (key) => {
      rows.delete(key)
      await redis.del(key)
      await redis.publish(CHANNEL, key)
    },
    close: async () => {
      await Promise.all([redis.quit(), subscriber.quit()])
    },
  }
}
