import type { Cache, CacheOptions } from './strata.js'

/** A cache of the build, which is loaded only now, when Redis has answered it. */
export async function openStrata(options: CacheOptions): Promise<Cache> {
  const { createCache } = await import('./strata.js')
  const cache = createCache({ namespace: 'bench', logger: false, ...options })
  await cache.ready()
  return cache
}
