import { type Cache, type CacheOptions, createCache } from 'strata-cache'
import { isReady } from '../demo/is-ready.js'
import type { Teardown } from '../demo/teardown.js'

/** An empty cache, ready, closed after the row. Two of one namespace share what is in Redis: open both, then fill. */
export type OpenCache = (options: CacheOptions & { readonly namespace: string }) => Promise<Cache>

/** A machine that is busy measuring must not look like an outage: what was refused or queued would be measured as fast. */
export const patient = (url: string) => ({ url, timeout: 5_000, connectTimeout: 10_000 })

export const cacheOpener =
  (teardown: Teardown): OpenCache =>
  async ({ redis, ...options }) => {
    const cache = createCache({
      logger: false,
      throwOnCacheError: true,
      ...options,
      ...(redis && { redis: typeof redis === 'string' ? patient(redis) : redis }),
    })
    teardown.add(() => cache.close())
    if (redis && !(await isReady(cache))) throw new Error('Redis is not ready')
    await cache.clear()
    return cache
  }
