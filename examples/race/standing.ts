import type { Name } from './contestant.js'
import type { Verdict } from './judge.js'

/** How the race stands. */
export interface Standing {
  /** Seconds since the start. */
  readonly elapsed: number
  readonly writes: number
  readonly verdicts: Readonly<Record<Name, Verdict>>
  /** At each rest: how many rows some process has an old version of. */
  readonly wrongAtRest: Readonly<Record<Name, readonly number[]>>
}
