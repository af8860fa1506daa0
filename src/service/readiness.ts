import type { Cache } from '../cache/cache.js'
import type { CacheStats } from '../cache/stats.js'

/** What `/readyz` answers. `degraded`: it answers, from memory, while Redis does not. */
export interface Readiness {
  readonly status: 'ready' | 'degraded' | 'starting' | 'closing'
  readonly redis: CacheStats['redis']['state']
  /** Whether memory can be trusted to have heard of what others invalidated. */
  readonly coherent: boolean
}

export function readinessOf(cache: Cache, isClosing: boolean): Readiness {
  const { redis, bus } = cache.stats()
  return { status: statusOf(redis.state, isClosing), redis: redis.state, coherent: bus.coherent }
}

/** Whether requests should be sent here: a service without its Redis is slower for others, and no worse. */
export function isReady({ status }: Readiness): boolean {
  return status === 'ready' || status === 'degraded'
}

function statusOf(redis: CacheStats['redis']['state'], isClosing: boolean): Readiness['status'] {
  if (isClosing) return 'closing'
  if (redis === 'connecting') return 'starting'
  return redis === 'unavailable' ? 'degraded' : 'ready'
}
