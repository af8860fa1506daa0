import type { Judgement } from './judgement.js'
import type { Violation } from './verdict.js'

/** What a check found. */
export interface CheckReport {
  /** Of the cache. */
  readonly name: string
  readonly seed: number
  readonly processes: number
  readonly keys: number
  readonly tags: number
  /** Milliseconds. */
  readonly maxStaleness: number
  /** Milliseconds of traffic. */
  readonly elapsed: number
  /** How often loaders ran. */
  readonly loads: number
  /** Workers that died and were replaced. */
  readonly killed: number
  /** Milliseconds: the longest time an event loop of a worker stood still. Stopped processes count. */
  readonly longestPause: number
  readonly judgement: Judgement
  /** What the contract forbids; empty when the cache kept to it. */
  readonly violations: readonly Violation[]
}
