import type { EngineOptions, PolicyOptions } from '../../../src/cache/options.js'
import type { RedisLimits } from '../../../src/redis/redis-settings.js'
import type { SimulatedClientOptions } from '../client/client-options.js'
import type { Tolerance, Violation } from './checker.js'
import type { FaultName, ReadWay, WriteWay } from './menu.js'

/** Durations in milliseconds of virtual time. */
export interface ScheduleOptions {
  readonly processes: number
  /** Of a Cluster; 0: one Redis. */
  readonly masters: number
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
  /** Share of the loads that fail. */
  readonly loadFails: number
  readonly ways: readonly WriteWay[]
  readonly reading: readonly ReadWay[]
  /** How many namespaces the rows live in: the root and its children. */
  readonly namespaces: number
  /** Of every read and set, over what the rows ask for. */
  readonly policy: Omit<PolicyOptions, 'tags'>
  /** The row's own tag is named by the loader. */
  readonly lateTags: boolean
  readonly faults: readonly FaultName[]
  /** Longest pause between two faults. */
  readonly faultEvery: number
  readonly tolerance: Tolerance
  /** Two unrevoked loads of a key at once are a violation (C4; while Redis answers). */
  readonly isOneLoad: boolean
  /** Beside the namespace and the connection. */
  readonly cache: EngineOptions
  /** Of the conversation with Redis. */
  readonly redis: RedisLimits
  readonly client: Partial<SimulatedClientOptions>
  /** Keeps the lines of the trace, to read. */
  readonly keepTrace: boolean
}

export const SCHEDULE_DEFAULTS: ScheduleOptions = Object.freeze({
  processes: 2,
  masters: 0,
  keys: 3,
  readers: 2,
  writers: 1,
  duration: 1_500,
  readEvery: 20,
  writeEvery: 60,
  loadTime: 30,
  loadFails: 0,
  ways: ['delete', 'set', 'tag', 'clear', 'expire', 'soft tag'] as const,
  reading: ['read'] as const,
  namespaces: 1,
  policy: {},
  lateTags: false,
  faults: [],
  faultEvery: 400,
  tolerance: { own: 0, others: 0, joined: 0 },
  isOneLoad: false,
  cache: {},
  // looks again soon, so that a schedule has more than one outage
  redis: { breaker: { halfOpenAfter: 100 } },
  client: {},
  keepTrace: false,
})

export interface ScheduleStats {
  readonly reads: number
  readonly writes: number
  readonly applied: number
  readonly queued: number
  readonly loads: number
  /** Loads of one key at the same time, over all processes; and those among them that nothing excuses. */
  readonly overlapping: number
  readonly unrevoked: number
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
