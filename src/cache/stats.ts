import type { BusStats } from '../bus/trust.js'
import type { ReadCounts } from './counters.js'
import type { Space } from './engine.js'

/** A plain snapshot. Counts are of this namespace since its creation; memory, redis, bus and queue are of the whole cache. */
export interface CacheStats {
  readonly namespace: string
  /** Reads by outcome and tier (`none`: nothing found, or rejected). */
  readonly reads: ReadCounts
  /** Loaders begun. */
  readonly loads: number
  readonly loadFailures: number
  /** Loaded values that an invalidation overtook: handed over, not stored. */
  readonly revoked: number
  /** Records in Redis that could not be read, each taken as a miss. */
  readonly recordFaults: number
  readonly memory: { readonly entries: number; readonly bytes: number }
  /** `state`: none, connecting, ready or unavailable. `breaker`: closed, open, half-open (undefined without Redis). */
  readonly redis: {
    readonly state: 'none' | 'connecting' | 'ready' | 'unavailable'
    readonly breaker: 'closed' | 'open' | 'half-open' | undefined
  }
  readonly bus: BusStats
  readonly queue: { readonly depth: number }
}

export function statsOf(space: Space): CacheStats {
  const { engine, counters } = space
  engine.store?.outside?.settle()
  return {
    namespace: space.name,
    reads: counters.reads(),
    loads: counters.loads,
    loadFailures: counters.loadFailures,
    revoked: counters.revoked,
    recordFaults: counters.recordFaults,
    memory: { entries: engine.store?.entries ?? 0, bytes: engine.store?.bytes ?? 0 },
    redis: redisState(engine.remote?.state()),
    bus: engine.trust.stats(engine.clock.now(), engine.clock.wall()),
    queue: { depth: engine.queue.depth },
  }
}

function redisState(
  guard: 'connecting' | 'closed' | 'open' | 'half-open' | undefined,
): CacheStats['redis'] {
  if (guard === undefined) return { state: 'none', breaker: undefined }
  if (guard === 'connecting') return { state: 'connecting', breaker: 'closed' }
  return { state: guard === 'closed' ? 'ready' : 'unavailable', breaker: guard }
}
