import { StrataError, type TierFailure } from '../errors.js'

/** What a rejected operation says about the place it was sent to. */
export interface Failure {
  readonly reason: TierFailure
  /** It may be away: counts towards opening the breaker. An error reply proves that somebody is there. */
  readonly counts: boolean
}

const AWAY: Failure = { reason: 'connection', counts: true }
const REFUSED: Failure = { reason: 'refused', counts: false }

/** Replies of a server that is there but of no use to anybody for now. */
const OUT_OF_SERVICE = new Set([
  'LOADING',
  'CLUSTERDOWN',
  'MASTERDOWN',
  'NOAUTH',
  'WRONGPASS',
  'BUSY',
  'UNBLOCKED',
])

/** Undefined for an error that is not about the tier (a value that cannot be encoded): it goes to the caller as it is. */
export function failureOf(error: unknown): Failure | undefined {
  if (error instanceof StrataError) return undefined
  if (!(error instanceof Error)) return REFUSED
  if (error.name === 'ReplyError')
    return OUT_OF_SERVICE.has(replyCode(error.message)) ? AWAY : REFUSED
  // a mistake in a program is no outage
  if (error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError)
    return REFUSED
  return AWAY
}

/**
 * The code of an error reply: its first word. Redis 6.2 wraps an error inside a script:
 * `ERR Error running script (call to f_...): @user_script:3: -OOM command not allowed ...`.
 */
export function replyCode(message: string): string {
  const inScript = /@user_script: ?\d+: -?([A-Z]+)/.exec(message)
  return inScript?.[1] ?? /^-?([A-Z]+)/.exec(message)?.[1] ?? ''
}
