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

/** The whole way of one read: tiers (unless they have been looked into), then the load, or what is stale. */
export async function read(space: Space, call: Call, looked?: Found): Promise<Reading<unknown>> {
  try {
    call.policy.signal?.throwIfAborted()
    const reading = isBypass(space, call)
      ? await bypass(space, call)
      : await settle(space, call, looked ?? (await look(space, call)))
    reportRead(space, call.key, reading.outcome, reading.tier)
    return reading
  } catch (error) {
    reportRead(space, call.key, 'error', undefined)
    throw error
  }
}

/** What the tiers have for the call, if it wants to know. */
export async function look(space: Space, call: Call): Promise<Found> {
  return call.policy.force || isBypass(space, call) ? NOTHING : await find(space, call)
}

/** A closed cache still serves the requests that are being finished. Nothing may be kept for a ttl of 0 without grace. */
function isBypass(space: Space, call: Call): call is LoadedCall {
  return hasLoader(call) && (space.engine.isClosed || longestLife(call.policy) === 0)
}

async function bypass(space: Space, call: LoadedCall): Promise<Reading<unknown>> {
  const value = await loadUncached(space, call)
  return readingOf(space, undefined, { value, outcome: 'bypass', tier: 'loader' })
}

/** Turns what the tiers had into an answer. */
async function settle(space: Space, call: Call, found: Found): Promise<Reading<unknown>> {
  if (found.fresh !== undefined) {
    if (found.isDue && hasLoader(call)) revalidateBehind(space, call, found)
    return heldReading(space, found.fresh, 'hit')
  }
  if (!hasLoader(call)) return readingOf(space, undefined, { value: undefined, outcome: 'miss' })
  if (call.policy.force) return await forced(space, call)
  if (found.stale !== undefined) return await orStale(space, call, found, found.stale)
  return await loaded(space, call, found)
}

/** A new load whatever is under way, whose result no earlier call may take for its own. */
async function forced(space: Space, call: LoadedCall): Promise<Reading<unknown>> {
  space.marks.markKey(call.key)
  const landing = await takeOff(space, call, NOTHING).ride(call.policy.signal)
  return landingReading(space, landing, { outcome: 'bypass', collapsed: false })
}

interface Boarded {
  readonly flight: Flight<Landing>
  readonly collapsed: boolean
}

async function loaded(space: Space, call: LoadedCall, found: Found): Promise<Reading<unknown>> {
  return await landed(space, call, board(space, call, found))
}

async function landed(
  space: Space,
  call: LoadedCall,
  { flight, collapsed }: Boarded,
): Promise<Reading<unknown>> {
  const landing = await flight.ride(call.policy.signal)
  // Overtaken by an invalidation. Whoever came after the load began may have come after the invalidation: read again.
  // The next load begins after this call, so nobody does this twice.
  if (landing.revoked && flight.began < call.ticket) {
    return await settle(space, call, await find(space, call))
  }
  return landingReading(space, landing, { outcome: 'miss', collapsed })
}

/** With a stale value at hand: it is served at once, or when the loader fails or exceeds `softTimeout`. */
async function orStale(
  space: Space,
  call: LoadedCall,
  found: Found,
  stale: Held,
): Promise<Reading<unknown>> {
  if (space.rest.isResting(call.key)) return heldReading(space, stale, 'stale')
  if (call.policy.softTimeout === 0) {
    revalidateBehind(space, call, found)
    return heldReading(space, stale, 'stale')
  }
  try {
    return await loadedOr(space, call, found, stale)
  } catch (error) {
    if (call.policy.signal?.aborted === true || isGone(space, stale)) throw error
    return heldReading(space, stale, 'stale')
  }
}

/** What the load brings, or the stale value after `softTimeout`. A failure lets the key rest. */
async function loadedOr(
  space: Space,
  call: LoadedCall,
  found: Found,
  stale: Held,
): Promise<Reading<unknown>> {
  const boarded = board(space, call, found)
  const reading = landed(space, call, boarded).catch((error: unknown) => {
    if (call.policy.signal?.aborted !== true) space.rest.begin(call.key, call.policy.retryAfter)
    throw error
  })
  reading.catch(() => undefined) // the caller may have taken the stale value and left
  const first = await orNothing(space, reading, call.policy.softTimeout)
  if (first !== undefined || isGone(space, stale)) return first ?? (await reading)
  boarded.flight.stayBehind(call.policy.signal)
  return heldReading(space, stale, 'stale')
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
  if (flight === undefined) return undefined
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

type Label = Pick<Reading<unknown>, 'outcome'> & { readonly collapsed?: boolean }

function heldReading(space: Space, held: Held, outcome: 'hit' | 'stale'): Reading<unknown> {
  const value = handOver(space, held.entry.value, held.mutable)
  return readingOf(space, held.entry, { value, outcome, tier: held.tier })
}

function landingReading(space: Space, landing: Landing, label: Label): Reading<unknown> {
  const value = handOver(space, landing.value, landing.mutable)
  const { revoked } = landing
  return readingOf(space, landing.entry, { ...label, value, revoked, tier: 'loader' })
}

/** Instants become wall-clock here, and only here. */
function readingOf(
  space: Space,
  entry: Entry | undefined,
  said: Label & { value: unknown; tier?: Source; revoked?: boolean },
): Reading<unknown> {
  const shift = space.engine.clock.wall() - space.engine.clock.now()
  return {
    value: said.value,
    outcome: said.outcome,
    tier: said.tier,
    collapsed: said.collapsed ?? false,
    incoherent: false,
    revoked: said.revoked ?? false,
    storedAt: entry && Math.round(entry.storedAt + shift),
    freshUntil: entry && Math.round(entry.freshUntil + shift),
    staleUntil: entry && Math.round(entry.staleUntil + shift),
    tags: entry?.tags ?? [],
  }
}
