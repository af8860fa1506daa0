import type { CacheStats } from '../../cache/stats.js'
import type { HotKey } from './hot-keys.js'
import type { LatencyView } from './latencies.js'
import type { SlowLoad } from './slow-loads.js'

/** What `GET /stats` answers, and each event of `GET /events` carries. Instants are wall-clock milliseconds. */
export interface StatsView {
  /** Of the package. */
  readonly version: string
  /** When this was taken. */
  readonly at: number
  /** Seconds since the service was made. */
  readonly uptime: number
  /** Whether the listener in Rust answers. */
  readonly native: boolean
  /** The first hundred that were used, all others together under the name `other`. */
  readonly namespaces: readonly NamespaceView[]
  /** What `lastMinute` of a namespace covers: a little over 60, or fewer since the service was made. */
  readonly lastMinuteSeconds: number
  readonly redis: CacheStats['redis']
  readonly bus: CacheStats['bus']
  readonly queue: CacheStats['queue']
  readonly memory: MemoryUse
  /** Failed operations of Redis and records that could not be used, by reason, since the service was made. */
  readonly tierErrors: Readonly<Record<string, number>>
  /** Of the last minute or two; undefined: there were none. Loads: of this process, and of clients with a lease. Requests: those of the data listener that JavaScript answered. */
  readonly latency: {
    readonly loads: LatencyView | undefined
    readonly requests: LatencyView | undefined
  }
  /** Of the last minute or two, the most read first. */
  readonly hotKeys: readonly HotKeyView[]
  /** Of the last five to ten minutes, the slowest first. */
  readonly slowLoads: readonly SlowLoadView[]
}

export interface NamespaceView extends NamespaceCounts {
  /** Those of `reads` that were in the last minute. */
  readonly lastMinute: CacheStats['reads']
}

/** Counts since the service was made. */
export interface NamespaceCounts extends Pick<
  CacheStats,
  'namespace' | 'reads' | 'loads' | 'loadFailures' | 'revoked' | 'recordFaults'
> {
  /** Its name in URLs; undefined: of the root, and of `other`. */
  readonly name: string | undefined
}

export interface MemoryUse {
  readonly entries: number
  readonly bytes: number
  /** Undefined: the cache has no memory. */
  readonly maxEntries: number | undefined
  readonly maxBytes: number | undefined
  /** Of the process, in bytes. */
  readonly rss: number
  readonly heapUsed: number
}

interface Named {
  readonly name: string | undefined
  /** Of the key of a response: the URL that it answers. */
  readonly url: string | undefined
}

export type HotKeyView = HotKey & Named

export type SlowLoadView = SlowLoad & Named
