import { type Cache, type CacheOptions, createCache } from 'strata-cache'
import { isReady } from '../demo/is-ready.js'
import type { Teardown } from '../demo/teardown.js'

/** An empty cache, ready, closed after the row. Two of one namespace share what is in Redis: open both, then fill. */
export type OpenCache = (options: CacheOptions & { readonly namespace: string }) => Promise<Cache>

export const cacheOpener =
  (teardown: Teardown): OpenCache =>
  async (options) => {
    const cache = createCache({ logger: false, ...options })
    teardown.add(() => cache.close())
    if (options.redis && !(await isReady(cache))) throw new Error('Redis is not ready')
    await cache.clear()
    return cache
  }
