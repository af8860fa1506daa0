import { randomUUID } from 'node:crypto'
import { Redis } from 'ioredis'
import type { Driver, DriverContext, Row } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

/** Stores only if nobody invalidated since the fence was taken; an absent fence is another one. */
const STORE = `if redis.call('GET', KEYS[2]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3]) end`

/** One tier, Redis: the same with memory and without. */
export const hasMemory = false

/**
 * The least that is right: Redis alone, where each load takes a fence and each invalidation takes it away. It shows that what
 * the checker finds in others is theirs.
 */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const redis = new Redis(optionsOf(context).redis)
  redis.on('error', () => undefined)
  const fenceOf = (key: string): string => `${key}:fence`
  return {
    get: async (key, load) => {
      const text = await redis.get(key)
      if (text !== null) return { value: JSON.parse(text) as Row, source: 'redis' }
      await redis.set(fenceOf(key), randomUUID(), 'PX', TTL, 'NX')
      const fence = (await redis.get(fenceOf(key))) ?? ''
      const row = await load()
      await redis.eval(STORE, 2, key, fenceOf(key), fence, JSON.stringify(row), TTL)
      return { value: row, source: 'loader' }
    },
    delete: (key) => redis.del(key, fenceOf(key)),
    close: () => redis.quit(),
  }
}
