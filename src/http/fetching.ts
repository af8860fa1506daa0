import type { RawBody } from '../entry/raw-body.js'
import type { TagLimits } from '../entry/tag.js'
import type { CacheStatus } from './cache-status.js'
import type { Visit } from './exchange.js'
import type { Live } from './live.js'
import type { RuleFault } from './rule-functions.js'
import type { CacheRules } from './storable.js'
import type { StoredResponse } from './stored-response.js'

/** What a load brings for those who wait: a response, or that each has to ask for himself. */
export type Landed = RawBody | Pass

export interface Pass {
  readonly pass: string
  /** The origin answered with an error that is everybody's: who has a stale response that may be served need not ask. */
  readonly hasFailed?: boolean
}

export interface Fetching {
  readonly visit: Visit
  /** At hand, to be validated. */
  readonly stored: StoredResponse | undefined
  /** An error of the origin is answered with it. */
  readonly onError: boolean
  readonly live: Live
  /** Why it was asked for, for Cache-Status. */
  readonly forward: CacheStatus['fwd']
  readonly rules: CacheRules
  /** Of the tags that a response brings along, beside those of its rule. */
  readonly limits: TagLimits
  /** Wall-clock milliseconds. */
  readonly now: () => number
  readonly onRuleFault: (fault: RuleFault) => void
}
