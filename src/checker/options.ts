import type { Fault } from './fault.js'
import type { Progress } from './progress.js'

export interface CheckOptions {
  /** The module that exports `createDriver`: a URL, or a path from the working directory. */
  readonly driver: URL | string
  /** Told to the driver; plain data. Default `{}`. */
  readonly driverOptions?: Readonly<Record<string, unknown>>
  /** What the report calls the cache. Default: the file name of the driver. */
  readonly name?: string
  /** Processes, each with a driver of its own. Default 4, 1 .. 64. */
  readonly processes?: number
  /** Clients in each process: operations at once. Default 8, 1 .. 1,000. */
  readonly clients?: number
  /** Milliseconds of traffic. Default 10,000, 1 .. 7 days; without a limit if `operations` is given. */
  readonly duration?: number
  /** Operations of all processes, after which the traffic ends. Default: `duration` decides. */
  readonly operations?: number
  /** Default 20, 1 .. 100,000. */
  readonly keys?: number
  /** Tags, each on every so many keys. Default 4, 0 .. `keys`. */
  readonly tags?: number
  /** Share of operations that write. Default 0.02, above 0 and up to 1. */
  readonly writeShare?: number
  /** Milliseconds a client waits on average after an operation. Default 1, 0 .. 1,000. */
  readonly pause?: number
  /** Repeats the choice of operations, latencies and faults (not the timing). Default: random; the report tells it. */
  readonly seed?: number
  /**
   * Milliseconds a value may be served after its invalidation was acknowledged: the promise of a cache with memory in each
   * process. Default 0, a cache without: no stale read at all. Up to a day.
   */
  readonly maxStaleness?: number
  /** Milliseconds from the last operation to the reads at rest. Default 1,000, 0 .. 60,000. */
  readonly rest?: number
  /** Milliseconds after which a call of the driver is given up. Default 10,000, 10 .. 600,000. */
  readonly operationTimeout?: number
  readonly database?: DatabaseOptions
  /** What goes wrong meanwhile. Default: nothing. */
  readonly faults?: readonly Fault[]
  /** Told every second. */
  readonly onProgress?: (progress: Progress) => void
  /** Where the journals of the processes go, and stay. Default: a temporary directory that is removed. */
  readonly directory?: string
  /** Arguments of Node for the processes, such as `['--import', 'tsx']`. Default: those of this process. */
  readonly execArgv?: readonly string[]
}

/** The slow database behind the loader. A load takes between the two, by the seed; its row is read at the begin. */
export interface DatabaseOptions {
  /** Milliseconds. Default 0, 0 .. `maxLatency`. */
  readonly minLatency?: number
  /** Milliseconds. Default 30, 0 .. 60,000. */
  readonly maxLatency?: number
}
