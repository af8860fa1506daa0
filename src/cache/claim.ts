import { OverloadedError, RemoteLoadError } from '../errors.js'
import type { Flight } from '../flight/flight.js'
import type { Grant, Lease, LeaseRequest } from '../flight/lease.js'
import type { Landing, Space } from './engine.js'
import { find, type Found, type Held, type LoadedCall } from './lookup.js'
import { reportTierError } from './report.js'
import { longestLife, released } from './store.js'

/** The right to load a key, or what made it unnecessary. */
export type Claim =
  | {
      readonly kind: 'load'
      /** Undefined: what is loaded is not for Redis. */
      readonly lease: Lease | undefined
      /** Redis should have been asked and was not, or did not answer. */
      readonly isAway: boolean
      /** Nobody gave the right: what is loaded is handed over and not stored. */
      readonly isUnaided: boolean
      /** What the tiers had when the right was given. */
      readonly found: Found
    }
  /** Another process loaded meanwhile. `asOf`: the place in the order of calls when that was read. */
  | { readonly kind: 'brought'; readonly held: Held; readonly asOf: number }

/** Loads of one holder after another that a caller watches before it gives up waiting, should they all come to nothing. */
const MOST_ROUNDS = 100

/** Milliseconds a lease without an end to its load is held. */
const LONGEST_HOLD = 30_000

/**
 * One load per key over all processes: asks for the lease, waits while somebody else loads, and looks again when that may be
 * over. Rejects with `RemoteLoadError` when the load it waited for failed.
 */
export async function claim(
  space: Space,
  call: LoadedCall,
  looked: Found,
  flight: Flight<Landing>,
): Promise<Claim> {
  if (looked.isAway) return away(looked)
  if (space.leases === undefined || call.policy.tiers === 'memory') {
    return space.loans.size === 0 ? alone(looked) : await behindLoan(space, call, looked, flight)
  }
  const { clock } = space.engine
  const waitsUntil = clock.now() + call.policy.lease.maxWait
  let found = looked
  let seen = looked.seen
  let waitedFor = ''
  for (let round = 0; round < MOST_ROUNDS; round++) {
    if (flight.isAbandoned) throw flight.signal.reason
    const grant = await ask(space, call, { seen, waitedFor, hasStale: found.stale !== undefined })
    if (flight.isAbandoned) return giveBack(space, grant, flight)
    if (grant === 'away') return away(found)
    if (grant === 'refused') return alone(found)
    if (grant.kind === 'yours') {
      return { kind: 'load', lease: grant.lease, isAway: false, isUnaided: false, found }
    }
    if (grant.kind === 'held') {
      waitedFor = grant.token
      if (await wait(grant, waitsUntil - clock.now())) break
    } else seen = changedTo(space, call.key, grant)
    const asOf = space.engine.next()
    found = await find(space, call, looked.isDue)
    if (found.fresh !== undefined) return { kind: 'brought', held: found.fresh, asOf }
    if (found.isAway) return away(found)
    if (found.seen !== '') seen = found.seen
  }
  return unaided(flight, found, call.key)
}

/** Without Redis: somebody outside of this process may have been lent the lease, and is waited for like another process. */
async function behindLoan(
  space: Space,
  call: LoadedCall,
  looked: Found,
  flight: Flight<Landing>,
): Promise<Claim> {
  const { key, policy } = call
  const { clock, wakes } = space.engine
  const waitsUntil = clock.now() + policy.lease.maxWait
  let found = looked
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const left = policy.lease.waits && !policy.force ? space.loans.left(key) : 0
    if (left === 0) return alone(found)
    const waiting = wakes.register(space.name, key)
    const held = { left, wait: (ms: number) => waiting.until(ms), leave: () => waiting.end() }
    if (await wait(held, waitsUntil - clock.now())) break
    if (flight.isAbandoned) throw flight.signal.reason
    const asOf = space.engine.next()
    found = await find(space, call, looked.isDue)
    if (found.fresh !== undefined) return { kind: 'brought', held: found.fresh, asOf }
  }
  return unaided(flight, found, key)
}

/** Id of the value that is there by now. Throws where a load has just failed. */
function changedTo(
  space: Space,
  key: string,
  grant: Grant & { kind: 'changed' | 'failed' | 'resting' },
): string {
  if (grant.kind === 'changed') return grant.id
  if (grant.kind === 'failed') throw new RemoteLoadError(key, grant.failure)
  space.rest.begin(key, grant.left)
  throw new RemoteLoadError(key, RESTING)
}

/** Redis does not answer. */
function away(found: Found): Claim {
  return { kind: 'load', lease: undefined, isAway: true, isUnaided: false, found }
}

/** Nothing is written to Redis: it is not meant to, or it takes no writes (it is full, or a replica). */
function alone(found: Found): Claim & { readonly kind: 'load' } {
  return { kind: 'load', lease: undefined, isAway: false, isUnaided: false, found }
}

async function ask(
  space: Space,
  call: LoadedCall,
  asked: Pick<LeaseRequest, 'seen' | 'waitedFor' | 'hasStale'>,
): Promise<Grant | 'away' | 'refused'> {
  const { policy, key } = call
  const { leases, engine } = space
  if (engine.redisOf(space) === undefined || leases === undefined) return 'away'
  try {
    return await leases.acquire(key, {
      tags: policy.tags,
      lifetime: longestLife(policy),
      ...asked,
      mode: policy.force ? 'force' : policy.lease.waits ? 'wait' : 'share',
      ttl: policy.lease.ttl,
      longest: policy.hardTimeout === Infinity ? LONGEST_HOLD : policy.hardTimeout,
    })
  } catch (error) {
    const told = reportTierError(space, error)
    if (engine.settings.throwOnCacheError) throw told
    return told.reason === 'refused' ? 'refused' : 'away'
  }
}

/** Its callers gave up while the desk was asked: nobody wants the load any more. */
function giveBack(
  space: Space,
  grant: Grant | 'away' | 'refused',
  { signal }: Flight<Landing>,
): never {
  if (typeof grant === 'object' && grant.kind === 'held') grant.leave()
  if (typeof grant === 'object' && grant.kind === 'yours') void released(space, grant.lease)
  throw signal.reason
}

/** Until the holder may be done. True: the caller has waited as long as it would. */
async function wait(
  grant: Pick<Grant & { kind: 'held' }, 'left' | 'wait' | 'leave'>,
  patience: number,
): Promise<boolean> {
  try {
    if (patience <= 0) return true
    await grant.wait(Math.min(grant.left + 1, patience))
    return false
  } finally {
    grant.leave()
  }
}

/** Waited long enough: loads beside the holder, and stores nothing. Behind the callers' backs that is of no use. */
function unaided(flight: Flight<Landing>, found: Found, key: string): Claim {
  if (flight.riders === 0) {
    throw new OverloadedError(`'${key}' is being loaded elsewhere for longer than lease.maxWait`)
  }
  return { ...alone(found), isUnaided: true }
}

const RESTING = { name: 'Error', message: 'it rests after a load that failed in another process' }
