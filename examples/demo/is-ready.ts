import { setTimeout as sleep } from 'node:timers/promises'
import type { Cache } from 'strata-cache'

/** A busy machine may take longer over the first connection than a cache is willing to wait. */
export async function isReady(cache: Cache): Promise<boolean> {
  await cache.ready()
  for (let n = 0; n < 50 && cache.stats().redis.state !== 'ready'; n++) await sleep(100)
  return cache.stats().redis.state === 'ready'
}
