import type { BusStats } from '../bus/trust.js'
import type { TierFailure } from '../errors.js'
import type { Finding } from '../tier/inspector.js'
import type { MemoryStanding } from '../tier/memory-inspector.js'

/** An entry in the memory of this process. Instants in wall-clock milliseconds. */
export interface MemoryView {
  /**
   * What memory would do: `hit` answer with it; `due` the same, and it is loaded anew ahead of time (`earlyRefresh`);
   * `stale`: its freshness is over; `untrusted`: an invalidation of another process may have been missed; `revoked`: its tag
   * or the namespace was invalidated; `gone`: its time is over. Of the last two nothing is ever served.
   */
  readonly standing: MemoryStanding
  /** Identity of the value; '' for one that is in memory only. */
  readonly id: string
  readonly storedAt: number
  /** 0: its freshness was ended (`expire`, a soft invalidation). Earlier than in Redis under `memory.ttl`. */
  readonly freshUntil: number
  readonly staleUntil: number
  /** Milliseconds the loader took. */
  readonly loadTime: number
  readonly tags: readonly string[]
  /** Bytes it is counted with in `memory.maxBytes`. */
  readonly size: number
  /** Whether every invalidation of other processes that may concern it has been heard. */
  readonly trusted: boolean
  /** It is not in Redis, which was away or refused it: it lives briefly, and is not measured by what others announce. */
  readonly unheard: boolean
}

/** What stands in Redis, or why that is not known. */
export type RedisView =
  | Finding
  | {
      readonly kind: 'unavailable'
      /** As in `TierUnavailableError`. */
      readonly reason: TierFailure
      readonly message: string
    }

/** The load of the key that runs in this process. */
export interface FlightView {
  /** Callers that wait for it. 0: it runs behind their backs. */
  readonly riders: number
  /** Wall-clock milliseconds. */
  readonly startedAt: number
  /** An invalidation has overtaken it: later callers do not join it, its value will not be stored. */
  readonly revoked: boolean
}

/**
 * Where a key lives, and why a read would not find it fresh. Plain data that survives `JSON.stringify` (what is undefined is
 * left out). Holds no value and no message of a loader's error, for these may be secret; key and tags it does hold.
 */
export interface Inspection {
  readonly key: string
  readonly namespace: string
  /** Name of the key in Redis. Undefined without Redis, or when its client could not be loaded. */
  readonly redisKey: string | undefined
  /**
   * What `cache.get(key, load)` of this moment would find, with the options of this cache and a `softTimeout` of 0. Without a
   * loader `stale` is a miss as well. `error`: it would reject (Redis is away, under `throwOnCacheError`).
   */
  readonly outcome: 'hit' | 'stale' | 'miss' | 'error'
  /** Where it would find that; undefined for a miss and an error. */
  readonly tier: 'memory' | 'redis' | undefined
  /** Undefined: memory has nothing under this key. */
  readonly memory: MemoryView | undefined
  /** Undefined: there is no Redis. */
  readonly redis: RedisView | undefined
  /** Undefined: no load of the key runs in this process. */
  readonly flight: FlightView | undefined
  /** Milliseconds for which this process loads nothing in the place of a stale value, after a load that failed. */
  readonly resting: number | undefined
  /** Invalidations of the whole cache that Redis has still to be told; while there is one, nothing is read from Redis. */
  readonly queue: { readonly depth: number }
  readonly bus: BusStats
  /** All of this that stands between a reader and a fresh value, in words; empty when nothing does. */
  readonly why: readonly string[]
}
