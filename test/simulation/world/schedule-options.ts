import type { CacheOptions } from '../../../src/create-cache.js'
import type { SimulatedClientOptions } from '../client/client-options.js'
import type { Tolerance, Violation } from './checker.js'
import type { FaultName, WriteWay } from './menu.js'

/** Durations in milliseconds of virtual time. */
export interface ScheduleOptions {
  readonly processes: number
  readonly keys: number
  /** Readers and writers of each process. */
  readonly readers: number
  readonly writers: number
  /** How long they go on. */
  readonly duration: number
  /** Longest pause between two calls of a reader, of a writer. */
  readonly readEvery: number
  readonly writeEvery: number
  /** How long a load takes at most. */
  readonly loadTime: number
  readonly ways: readonly WriteWay[]
  readonly faults: readonly FaultName[]
  /** Longest pause between two faults. */
  readonly faultEvery: number
  readonly tolerance: Tolerance
  /** Beside the namespace and the connection. */
  readonly cache: CacheOptions
  readonly client: Partial<SimulatedClientOptions>
  /** Keeps the lines of the trace, to read. */
  readonly keepTrace: boolean
}

export const SCHEDULE_DEFAULTS: ScheduleOptions = Object.freeze({
  processes: 2,
  keys: 3,
  readers: 2,
  writers: 1,
  duration: 1_500,
  readEvery: 20,
  writeEvery: 60,
  loadTime: 30,
  ways: ['delete', 'set', 'tag', 'clear', 'expire', 'soft tag'] as const,
  faults: [],
  faultEvery: 400,
  tolerance: { own: 0, others: 0 },
  cache: {},
  client: {},
  keepTrace: false,
})

export interface ScheduleStats {
  readonly reads: number
  readonly writes: number
  readonly applied: number
  readonly queued: number
  readonly loads: number
  readonly overlapping: number
  readonly faults: number
  readonly events: number
  /** Calls that rejected. */
  readonly errors: number
  readonly outcomes: Readonly<Record<string, number>>
}

export interface ScheduleResult {
  readonly seed: number
  readonly violations: readonly Violation[]
  /** Digest of everything that happened: equal for equal seeds. */
  readonly trace: string
  readonly lines: readonly string[]
  readonly stats: ScheduleStats
}
