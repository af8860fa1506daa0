import { parseDuration } from '../entry/duration.js'

/** How a lease is asked for. Milliseconds. */
export interface LeaseWish {
  readonly ttl: number
  readonly wait: number
}

const TTL = 5_000
const TTL_RANGE = { min: 100, max: 60_000 }
const WAIT = 2_000
export const LONGEST_WAIT = 30_000

/** Of the query's `lease` and `wait`; undefined: no lease is asked for. Throws `InvalidOptionError`. */
export function leaseWishOf(
  lease: string | undefined,
  wait: string | undefined,
): LeaseWish | undefined {
  if (lease === undefined) return undefined
  return {
    ttl: lease === '' ? TTL : parseDuration(lease, 'lease', TTL_RANGE),
    wait:
      wait === undefined || wait === ''
        ? WAIT
        : parseDuration(wait === '0' ? 0 : wait, 'wait', { max: LONGEST_WAIT }),
  }
}
