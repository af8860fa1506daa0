import type { CodecType } from '../entry/vet.js'
import type { Duration } from '../entry/duration.js'
import type { ByteSize } from '../entry/option.js'

/** What a loader is told, and how it tells what it found out. */
export interface LoadContext {
  readonly key: string
  /** Aborts when every caller has given up, at `hardTimeout`, and on `close()`. */
  readonly signal: AbortSignal
  /** The stale value at hand, if any. */
  stale<T>(): { readonly value: T; readonly storedAt: number } | undefined
  /** Sets the ttl of what is being loaded. */
  ttl(duration: Duration): void
  /** Sets the grace of what is being loaded. */
  grace(duration: Duration): void
  /** Adds tags that are known only now. */
  tag(...tags: string[]): void
  /** Return the value, do not store it. */
  skip(): void
  /** Ends the load as failed: within grace the stale value is served, else the call rejects with `reason`. */
  fail(reason: unknown): never
  /** Ends the load keeping the stale value, fresh again for a new ttl. Throws `LoadResultError` if there is none. */
  notModified(): never
}

export type Loader<T> = (context: LoadContext) => T | Promise<T>

/** What may be said per call, per definition, per namespace, or for the whole cache. */
export interface PolicyOptions {
  /** How long an entry is fresh. Default 5m, 0 (do not store) .. 365d. */
  readonly ttl?: Duration | undefined
  /** How long after its ttl a stale value may still be served by a call with a loader. Default 0 .. 365d. */
  readonly grace?: Duration | undefined
  /** The ttl of `null`. Default: ttl. */
  readonly negativeTtl?: Duration | undefined
  /** Largest share of the ttl taken off at random. Default 0.05, 0 .. 0.5. */
  readonly jitter?: number | undefined
  readonly tags?: readonly string[] | undefined
  /** With a stale value at hand, wait this long for the loader before serving it. Default 0; false = as long as it takes. */
  readonly softTimeout?: Duration | false | undefined
  /** A loader that takes longer is given up. Default 30s; false = never. */
  readonly hardTimeout?: Duration | false | undefined
  /** After a failed load with a stale value at hand, how long not to try again. Default 1s. */
  readonly retryAfter?: Duration | undefined
  /** XFetch beta: revalidate ahead of time, in proportion to how long loads take. Default 0 = off, .. 10. */
  readonly earlyRefresh?: number | undefined
  /** `'memory'`: never in Redis (secrets, what cannot be serialised). Default `'all'`. */
  readonly tiers?: 'all' | 'memory' | undefined
  /** How other processes' loads are waited for. `false`: not at all, which suits cheap loaders. */
  readonly lease?: LeaseOptions | boolean | undefined
}

export interface GetOptions extends PolicyOptions {
  /** The caller's own: when it aborts, this call rejects with `signal.reason`; others that wait are not concerned. */
  readonly signal?: AbortSignal | undefined
  /** Ignore what is stored: one load, which replaces it. */
  readonly force?: boolean | undefined
}

export type SetOptions = Pick<
  PolicyOptions,
  'ttl' | 'grace' | 'negativeTtl' | 'jitter' | 'tags' | 'tiers'
>

/** What `copy` does to values that memory keeps by reference. */
export type CopyPolicy = 'freeze' | 'clone' | 'none'

export interface MemoryOptions {
  /** Default 10,000. */
  readonly maxEntries?: number | undefined
  /** Default 64mb. */
  readonly maxBytes?: ByteSize | undefined
  /** Default `'freeze'`: deeply, once, when stored. `'clone'`: a copy per hit. `'none'`: shared as it is. */
  readonly copy?: CopyPolicy | undefined
  /** Longest time an entry is served from memory without asking Redis. Default: none. */
  readonly ttl?: Duration | undefined
}

export interface CodecOptions {
  /** Class instances: `'refuse'` (default) or `'json'` (what toJSON, else own properties, gives). */
  readonly instances?: 'refuse' | 'json' | undefined
  readonly types?: readonly CodecType[] | undefined
  /** Off-thread brotli for what is written to Redis. Default false. */
  readonly compression?:
    | false
    | { readonly minBytes?: ByteSize | undefined; readonly quality?: number | undefined }
    | undefined
}

export interface CoherenceOptions {
  /**
   * How long memory is trusted without a sign of life from the bus that tells of other processes' invalidations. A fifth of
   * it is the pause between heartbeats. Default 2s, 250ms .. 1h.
   */
  readonly maxStaleness?: Duration | undefined
  /**
   * What becomes of entries in memory that cannot be trusted: `'stale'` (default): within grace they may be served when the
   * loader fails or is slow; `'refuse'`: never.
   */
  readonly whenBlind?: 'stale' | 'refuse' | undefined
  /**
   * When the server behind the connection is another one than the namespace was written on (a failover, a restart from an
   * older snapshot): `'clear'` the namespace once (default), or `'keep'` it.
   */
  readonly onFailover?: 'clear' | 'keep' | undefined
}

/** One load per key over all processes. */
export interface LeaseOptions {
  /** A holder that gives no sign of life for this long loses the lease. Default 2s, 100ms .. 1m. */
  readonly ttl?: Duration | undefined
  /** Longest wait for another process's load; then this one loads too, and does not store. Default 10s, 0 .. 10m. */
  readonly maxWait?: Duration | undefined
}

export interface OutageOptions {
  /** Longest life, in memory, of what was loaded while Redis was away. Default 2s. */
  readonly ttl?: Duration | undefined
  /** Loads at once in this process while Redis is away. Default 64. */
  readonly maxLoads?: number | undefined
  /** Callers waiting for one of them, each at most 1s. Default 10,000. */
  readonly maxWaiting?: number | undefined
  /** Invalidations kept to be replayed. Default 10,000; one more clears the namespaces concerned. */
  readonly maxQueued?: number | undefined
}

export interface LimitOptions {
  /** UTF-8 bytes of a key. Default 1,024. */
  readonly keyBytes?: number | undefined
  /** Default 32. */
  readonly tagsPerEntry?: number | undefined
  /** UTF-8 bytes of a tag. Default 256. */
  readonly tagBytes?: number | undefined
  /** Callers waiting for one load. Default 10,000. */
  readonly waitersPerKey?: number | undefined
}

/** The part of pino's shape that is used. */
export interface Logger {
  info(details: object, message: string): void
  warn(details: object, message: string): void
}

/** Everything but the tiers' whereabouts. */
export interface EngineOptions extends PolicyOptions {
  /** Prefix of everything this cache keeps. Default `'default'`; 1-64 of `[A-Za-z0-9._-]`. */
  readonly namespace?: string | undefined
  /** The tier in this process. `false` = none. */
  readonly memory?: MemoryOptions | false | undefined
  readonly codec?: CodecOptions | undefined
  /** How memory stays true to what other processes invalidate. Only with `redis`. */
  readonly coherence?: CoherenceOptions | undefined
  readonly outage?: OutageOptions | undefined
  readonly limits?: LimitOptions | undefined
  /** Reject with cache errors instead of running the loader. Default false. */
  readonly throwOnCacheError?: boolean | undefined
  /** Let other processes that waited for a failed load see its error's message, not only name and code. Default false. */
  readonly shareErrorMessages?: boolean | undefined
  /** Ids per call of a `load` of `getMany` or a `loadMany`. Default 500. */
  readonly maxBatch?: number | undefined
  /** Default: `process.emitWarning`, once per change of state. `false` = silent. */
  readonly logger?: Logger | false | undefined
  /** Adds warnings for likely mistakes. Default: NODE_ENV is 'development'. */
  readonly dev?: boolean | undefined
}
