import type { Acknowledgement } from './acknowledged.js'
import type { Read } from './history.js'

/** A read that gave an older version than one that had been acknowledged before it began. */
export interface StaleRead {
  readonly read: Read
  /** The first acknowledgement that made its version stale. */
  readonly acknowledged: Acknowledgement
  /** Milliseconds from the end of that invalidation to the begin of the read. */
  readonly age: number
}

/** Reads that were stale by at most `upTo` milliseconds, and by more than the row before allows. */
export interface AgeCount {
  readonly upTo: number
  readonly count: number
}

/** What the histories of all processes say. Counts, unless a unit is given. */
export interface Judgement {
  /** Reads that gave a version, those at rest not counted. */
  readonly reads: number
  /** Reads that rejected or did not end. */
  readonly failedReads: number
  /** Reads of a value that the loader did not make for this key, or of a version that was never written. */
  readonly foreign: number
  readonly writes: {
    readonly applied: number
    readonly queued: number
    readonly failed: number
    readonly unknown: number
  }
  /** Stale reads, those at rest not counted. */
  readonly stale: number
  /** Of those: in the very process whose invalidation made the version stale. */
  readonly staleInOwnProcess: number
  /** Of those: begun more than `maxStaleness` after the acknowledgement. */
  readonly staleBeyond: number
  /** Of those, by age; the last row is without a bound. */
  readonly ages: readonly AgeCount[]
  /** Milliseconds: the greatest age. */
  readonly oldest: number
  /**
   * Stale reads of a version whose `set` failed or has no known end: when that took effect nobody knows, so these are neither
   * right nor wrong.
   */
  readonly undecided: number
  readonly rest: {
    /** Reads at rest that gave a version. */
    readonly reads: number
    readonly failed: number
    readonly stale: number
  }
  /** Reads by what the driver said of their source. */
  readonly sources: Readonly<Record<string, number>>
  /** The first few of each kind that counts against the cache. */
  readonly examples: {
    readonly stale: readonly StaleRead[]
    readonly staleInOwnProcess: readonly StaleRead[]
    readonly staleBeyond: readonly StaleRead[]
    readonly staleAtRest: readonly StaleRead[]
    readonly foreign: readonly Read[]
  }
}
