import type { Entry } from '../entry/entry.js'
import { freshnessOf } from '../entry/freshness.js'
import { OverloadedError } from '../errors.js'
import type { Flight } from '../flight/flight.js'
import type { Landing, Space } from './engine.js'
import { loadUncached, takeOff } from './load.js'
import {
  find,
  hasLoader,
  NOTHING,
  type Call,
  type LoadedCall,
  type Found,
  type Held,
} from './lookup.js'
import type { Reading, Source } from './outcome.js'
import { reportRead } from './report.js'
import { handOver, longestLife } from './store.js'

/** A value together with what became of the read, as known inside. */
export interface Answer {
  readonly value: unknown
  readonly outcome: Reading<unknown>['outcome']
  readonly tier: Source | undefined
  readonly collapsed: boolean
  readonly revoked: boolean
  /** Whether it had been invalidated elsewhere could not be known. */
  readonly incoherent: boolean
  /** As stored; undefined where nothing is. */
  readonly entry: Entry | undefined
}

const NO_ANSWER: Answer = {
  value: undefined,
  outcome: 'miss',
  tier: undefined,
  collapsed: false,
  revoked: false,
  incoherent: false,
  entry: undefined,
}

/** The whole way of one read: tiers (unless they have been looked into), then the load, or what is stale. */
export async function read(space: Space, call: Call, looked?: Found): Promise<Answer> {
  try {
    call.policy.signal?.throwIfAborted()
    const answer = isBypass(space, call)
      ? await bypass(space, call)
      : await settle(space, call, looked ?? (await look(space, call)))
    reportRead(space, call.key, answer.outcome, answer.tier)
    return answer
  } catch (error) {
    reportRead(space, call.key, 'error', undefined)
    throw error
  }
}

/** What the tiers have for the call, if it wants to know. */
export function look(space: Space, call: Call): Promise<Found> {
  const isBlind = call.policy.force || isBypass(space, call)
  return isBlind ? Promise.resolve(NOTHING) : find(space, call)
}

/** A closed cache still serves the requests that are being finished. Nothing may be kept for a ttl of 0 without grace. */
function isBypass(space: Space, call: Call): call is LoadedCall {
  return hasLoader(call) && (space.engine.isClosed || longestLife(call.policy) === 0)
}

async function bypass(space: Space, call: LoadedCall): Promise<Answer> {
  const value = await loadUncached(space, call)
  return { ...NO_ANSWER, value, outcome: 'bypass', tier: 'loader' }
}

/** Turns what the tiers had into an answer. */
async function settle(space: Space, call: Call, found: Found): Promise<Answer> {
  if (found.fresh !== undefined) {
    if (found.isDue && hasLoader(call)) revalidateBehind(space, call, found)
    return heldAnswer(space, found.fresh, 'hit')
  }
  if (!hasLoader(call)) return NO_ANSWER
  if (call.policy.force) return await forced(space, call)
  if (found.stale !== undefined) return await orStale(space, call, found, found.stale)
  return await loaded(space, call, found)
}

/** A new load whatever is under way, whose result no earlier call may take for its own. */
async function forced(space: Space, call: LoadedCall): Promise<Answer> {
  space.marks.markKey(call.key)
  const landing = await takeOff(space, call, NOTHING).ride(call.policy.signal)
  return landingAnswer(space, landing, 'bypass', false)
}

interface Boarded {
  readonly flight: Flight<Landing>
  readonly collapsed: boolean
}

async function loaded(space: Space, call: LoadedCall, found: Found): Promise<Answer> {
  return await landed(space, call, board(space, call, found))
}

async function landed(
  space: Space,
  call: LoadedCall,
  { flight, collapsed }: Boarded,
): Promise<Answer> {
  const landing = await flight.ride(call.policy.signal)
  // Overtaken by an invalidation, or proven good only up to a moment before this call: what was invalidated in between is
  // not to be seen, so it reads again. The next load begins after this call, so nobody does this twice.
  if (landing.asOf < call.ticket) {
    return await settle(space, call, await find(space, call))
  }
  return landingAnswer(space, landing, 'miss', collapsed || landing.tier !== 'loader')
}

/** With a stale value at hand: it is served at once, or when the loader fails or exceeds `softTimeout`. */
async function orStale(space: Space, call: LoadedCall, found: Found, stale: Held): Promise<Answer> {
  if (space.rest.isResting(call.key)) return heldAnswer(space, stale, 'stale')
  if (call.policy.softTimeout === 0) {
    revalidateBehind(space, call, found)
    return heldAnswer(space, stale, 'stale')
  }
  try {
    return await loadedOr(space, call, found, stale)
  } catch (error) {
    if (call.policy.signal?.aborted === true || isGone(space, stale)) throw error
    return heldAnswer(space, stale, 'stale')
  }
}

/** What the load brings, or the stale value after `softTimeout`. A failure lets the key rest. */
async function loadedOr(
  space: Space,
  call: LoadedCall,
  found: Found,
  stale: Held,
): Promise<Answer> {
  const boarded = board(space, call, found)
  const answer = landed(space, call, boarded).catch((error: unknown) => {
    if (call.policy.signal?.aborted !== true) space.rest.begin(call.key, call.policy.retryAfter)
    throw error
  })
  answer.catch(() => undefined) // the caller may have taken the stale value and left
  const first = await orNothing(space, answer, call.policy.softTimeout)
  if (first !== undefined || isGone(space, stale)) return first ?? (await answer)
  boarded.flight.stayBehind(call.policy.signal)
  return heldAnswer(space, stale, 'stale')
}

function isGone(space: Space, held: Held): boolean {
  return freshnessOf(held.entry, space.engine.clock.now()) === 'gone'
}

function revalidateBehind(space: Space, call: LoadedCall, found: Found): void {
  if (joinable(space, call) !== undefined || space.rest.isResting(call.key)) return
  const flight = takeOff(space, call, found)
  flight.rideBehind().catch(() => space.rest.begin(call.key, call.policy.retryAfter))
}

function board(space: Space, call: LoadedCall, found: Found): Boarded {
  const flight = joinable(space, call)
  if (flight === undefined) return { flight: takeOff(space, call, found), collapsed: false }
  const { waitersPerKey } = space.engine.settings.limits
  if (flight.riders >= waitersPerKey) {
    throw new OverloadedError(
      `${waitersPerKey} callers already wait for the load of '${call.key}' (limits.waitersPerKey)`,
    )
  }
  return { flight, collapsed: true }
}

/** The load under way, unless an invalidation has overtaken it. */
function joinable(space: Space, call: Call): Flight<Landing> | undefined {
  const flight = space.flights.get(call.key)
  if (flight === undefined || call.isApart === true) return undefined
  return space.marks.isRevoked(flight.since, call.key, [...flight.tags]) ? undefined : flight
}

/** What the promise brings, or undefined after `ms`. */
function orNothing<T>(space: Space, promise: Promise<T>, ms: number): Promise<T | undefined> {
  if (ms === Infinity) return promise
  return new Promise((resolve, reject) => {
    const cancel = space.engine.clock.after(ms, () => resolve(undefined))
    promise.then(resolve, reject).finally(cancel)
  })
}

export function heldAnswer(space: Space, held: Held, outcome: 'hit' | 'stale'): Answer {
  const value = handOver(space, held.entry.value, held.mutable)
  const { tier, entry, isUntrusted: incoherent } = held
  return { value, outcome, tier, collapsed: false, revoked: false, incoherent, entry }
}

function landingAnswer(
  space: Space,
  landing: Landing,
  outcome: 'miss' | 'bypass',
  collapsed: boolean,
): Answer {
  const value = handOver(space, landing.value, landing.mutable)
  const { revoked, entry, tier } = landing
  return { value, outcome, tier, collapsed, revoked, incoherent: false, entry }
}

/** The answer as a caller of `read` sees it. Instants become wall-clock here, and only here. */
export function readingOf(space: Space, answer: Answer): Reading<unknown> {
  const { value, outcome, tier, collapsed, revoked, incoherent, entry } = answer
  const shift = space.engine.clock.wall() - space.engine.clock.now()
  return {
    value,
    outcome,
    tier,
    collapsed,
    incoherent,
    revoked,
    storedAt: entry && Math.round(entry.storedAt + shift),
    freshUntil: entry && Math.round(entry.freshUntil + shift),
    staleUntil: entry && Math.round(entry.staleUntil + shift),
    tags: entry?.tags ?? [],
    id: entry === undefined || entry.id === '' ? undefined : entry.id,
  }
}
