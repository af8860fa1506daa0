import type { Cache, CacheEntry } from '@epic-web/cachified'
import { Redis } from 'ioredis'
import type { Driver, DriverContext } from '../../src/checker/index.js'
import { optionsOf, TTL } from './options.js'

/** One tier, Redis: the same with memory and without. */
export const hasMemory = false

/** It brings no store: JSON over ioredis, as its published adapter does. It has one tier, so memory is not asked for. */
export async function createDriver(context: DriverContext): Promise<Driver> {
  const { cachified } = await import('@epic-web/cachified')
  const redis = new Redis(optionsOf(context).redis)
  redis.on('error', () => undefined)
  const cache = storeOf(redis)
  return {
    get: (key, load) => cachified({ key, cache, ttl: TTL, getFreshValue: load }),
    delete: (key) => redis.del(key),
    close: () => redis.quit(),
  }
}

function storeOf(redis: Redis): Cache {
  return {
    get: async (key) => {
      const text = await redis.get(key)
      return text === null ? null : (JSON.parse(text) as CacheEntry)
    },
    set: (key, entry) => redis.set(key, JSON.stringify(entry), 'PX', entry.metadata.ttl ?? 1),
    delete: (key) => redis.del(key),
  }
}
