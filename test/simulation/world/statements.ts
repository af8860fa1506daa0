import { PLAIN_FAULTS, type FaultName, type ReadWay, type WriteWay } from './menu.js'
import type { ScheduleOptions } from './schedule-options.js'

/** What the coherence contract says, as schedules in which nothing may be seen that it does not allow. */
export interface Statement {
  readonly name: string
  readonly options: Partial<ScheduleOptions>
}

const MAX_STALENESS = 500

/** Nothing older may be read than what was acknowledged before the read began, by whomever. */
const NEVER = { own: 0, others: 0, joined: 0 }

/**
 * Exactly `maxStaleness`, without an allowance for delays of timers or messages: trust is counted from before the heartbeat
 * was sent, and a hit looks at the clock in the very moment of the call.
 */
const BOUNDED = { own: 0, others: MAX_STALENESS, joined: MAX_STALENESS }

const REDIS_ONLY = { cache: { memory: false }, tolerance: NEVER } as const
const MEMORY = {
  cache: { coherence: { maxStaleness: MAX_STALENESS } },
  tolerance: BOUNDED,
  duration: 3_000,
} as const

const HARSH: readonly FaultName[] = ['failover', 'restart', 'clockSet', 'cut', 'blackHole']
/** A Cluster has no single server that could be found to be another one: what a failover loses is bounded by ttl. */
const CLUSTER_FAULTS = PLAIN_FAULTS.filter((fault) => fault !== 'restart')
const ALL_READS: readonly ReadWay[] = ['read', 'find', 'peek', 'many', 'force', 'share', 'signal']
const ALL_WRITES: readonly WriteWay[] = [
  ...(['delete', 'set', 'tag', 'clear', 'expire', 'soft tag'] as const),
  ...(['group', 'delete many'] as const),
]
const MANIFOLD = {
  keys: 6,
  namespaces: 2,
  reading: ALL_READS,
  ways: ALL_WRITES,
  loadFails: 0.1,
  lateTags: true,
  policy: { ttl: 200, grace: 60_000, softTimeout: 20, retryAfter: 50 },
} as const

export const STATEMENTS: readonly Statement[] = [
  {
    name: 'Redis only: nothing old is read, one load at a time',
    options: { ...REDIS_ONLY, isOneLoad: true },
  },
  {
    name: 'Redis only: nothing old is read whatever fails',
    options: { ...REDIS_ONLY, faults: PLAIN_FAULTS },
  },
  {
    name: 'Redis only: nothing old is read where everything is late',
    options: { ...REDIS_ONLY, faults: ['slow'], faultEvery: 150 },
  },
  {
    name: 'Redis only: leases run out under their holders',
    options: {
      ...REDIS_ONLY,
      processes: 3,
      loadTime: 150,
      faults: PLAIN_FAULTS,
      policy: { lease: { ttl: 100, maxWait: 300 }, hardTimeout: 200 },
    },
  },
  {
    name: 'memory: nothing older is read than it may be, one load at a time',
    options: { ...MEMORY, isOneLoad: true },
  },
  {
    name: 'memory: nothing older is read than it may be whatever fails',
    options: { ...MEMORY, faults: PLAIN_FAULTS },
  },
  {
    name: 'memory: another server under the same address resurrects nothing',
    options: { ...MEMORY, processes: 3, faults: HARSH },
  },
  { name: 'all ways to read and write', options: { ...REDIS_ONLY, ...MANIFOLD, isOneLoad: true } },
  {
    name: 'all ways to read and write, with memory, whatever fails',
    options: { ...MEMORY, ...MANIFOLD, faults: PLAIN_FAULTS },
  },
  {
    name: 'one process never reads what it has invalidated',
    options: { processes: 1, readers: 3, writers: 2, faults: PLAIN_FAULTS },
  },
  { name: 'Cluster, Redis only', options: { ...REDIS_ONLY, masters: 2, isOneLoad: true } },
  {
    name: 'Cluster, with memory, whatever fails',
    options: { ...MEMORY, masters: 2, keys: 6, faults: CLUSTER_FAULTS },
  },
]
