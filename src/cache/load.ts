import { CodecError, LoadTimeoutError } from '../errors.js'
import { Flight } from '../flight/flight.js'
import type { Ending, Lease, LoadFailure } from '../flight/lease.js'
import { claim, type Claim } from './claim.js'
import { Context, LoadFailed, NotModified, type StaleAtHand } from './context.js'
import type { Landing, Space } from './engine.js'
import { tell } from './invalidate.js'
import { NOTHING, type Call, type Found, type LoadedCall } from './lookup.js'
import { reportTierError, traced } from './report.js'
import type { Limits } from './settings.js'
import {
  handOver,
  keepLoaded,
  type Kept,
  needsCopies,
  released,
  unaskedAsOf,
  vetFor,
} from './store.js'

/** What becomes of a value that is handed over and no more. */
const UNSTORED = {
  tier: 'loader',
  entry: undefined,
  mutable: false,
  revoked: false,
  asOf: Infinity,
} as const

/** Starts the one load of the key in this process. */
export function takeOff(space: Space, call: LoadedCall, found: Found): Flight<Landing> {
  const start = {
    key: call.key,
    since: space.marks.moment,
    began: space.engine.next(),
    startedAt: space.engine.clock.now(),
    tags: call.policy.tags,
  }
  return space.flights.start(start, (flight) => fly(space, call, found, flight))
}

/** Runs the loader for one caller only: nothing is looked up, joined or stored. */
export function loadUncached(space: Space, call: LoadedCall): Promise<unknown> {
  const { key, policy } = call
  const { marks, engine } = space
  const startedAt = engine.clock.now()
  const start = { key, since: marks.moment, began: call.ticket, startedAt, tags: policy.tags }
  const flight = new Flight<Landing>(start)
  const context = new Context(flight, engine.settings.limits, undefined)
  const landing = traced(space, key, () =>
    runLoader(space, call, { flight, context, found: NOTHING }),
  ).then(({ value }): Landing => ({ ...UNSTORED, value }))
  flight.launch(landing)
  return flight.ride(policy.signal).then(({ value }) => value)
}

/** Lease, loader, store. */
async function fly(
  space: Space,
  call: LoadedCall,
  looked: Found,
  flight: Flight<Landing>,
): Promise<Landing> {
  const claimed = await claim(space, call, looked, flight)
  if (claimed.kind === 'brought') return landingOf(space, call, claimed)
  const { lease, isAway, isUnaided, found } = claimed
  const { engine } = space
  const context = new Context(flight, limitsOf(space, call), staleAtHand(space, found))
  const began = engine.next()
  const run = { flight, context, found }
  if (lease !== undefined) {
    // A loader may run on regardless: others need not wait for it. After `hardTimeout` they are told that it failed.
    flight.onAbandon = () => give(space, lease, endingOf(space, call, { found, flight }))
  }
  const loaded = await throughGate(space, isAway && !call.gated, () =>
    timed(space, call, run),
  ).catch((error: unknown) => {
    if (lease !== undefined && !flight.isAbandoned) {
      give(space, lease, endingOf(space, call, { found, flight, error }))
    }
    throw error
  })
  const { value, since, loadTime } = loaded
  const isStorable = value !== undefined && !context.skipped && !flight.isAbandoned && !isUnaided
  const tags = [...flight.tags]
  if (context.isHere) await withdraw(space, call.key, { lease, found })
  const kept = isStorable
    ? await keepLoaded(space, call.key, {
        value,
        policy: context.lifetimeOver(call.policy),
        tags,
        lateTags: tags.filter((tag) => !call.policy.tags.includes(tag)),
        since,
        isCurrent: () => !space.marks.isRevoked(since, call.key, tags),
        loadTime,
        lease: context.isHere ? undefined : lease,
        outage: isAway,
        // What a read found meanwhile was stored before a forced load was asked for.
        onFilled: call.policy.force ? () => replaced(space, call.key) : undefined,
        id: undefined,
      })
    : undefined
  const made = kept ?? (await unstored(space, call, { flight, value, lease }))
  if (made.revoked) space.counters.revoked++
  space.rest.end(call.key)
  // written out, as on the whole way of a miss: spreading objects costs more than what is done with them
  const { entry, mutable, revoked } = made
  const asOf = revoked ? began : (made.asOf ?? began)
  return { value: made.value, entry, mutable, revoked, tier: 'loader', asOf }
}

interface Withdrawn {
  readonly lease: Lease | undefined
  readonly found: Found
}

/** What is loaded is not for Redis: nobody waits for it, and what is there gives way to what each process has of its own. */
async function withdraw(space: Space, key: string, { lease, found }: Withdrawn): Promise<void> {
  if (lease === undefined) return
  if (found.seen === '') give(space, lease, { how: 'quiet' })
  else {
    lease.lapse()
    await tell(space, { kind: 'remove', keys: [key] })
  }
}

/** By a forced load: what was read of it meanwhile is older, and so is what was made of it. */
function replaced({ marks, engine, name }: Space, key: string): void {
  marks.markKey(key)
  for (const tell of engine.replaced) tell(name, key)
}

function limitsOf({ engine }: Space, { unlimitedTags }: Call): Limits {
  const { limits } = engine.settings
  if (unlimitedTags === undefined) return limits
  return { ...limits, tagsPerEntry: limits.tagsPerEntry + unlimitedTags }
}

async function timed(space: Space, call: LoadedCall, run: Run): Promise<Timed> {
  const { clock } = space.engine
  const begun = clock.now()
  const { value, since } = await traced(space, call.key, () => runLoader(space, call, run))
  return { value, since, loadTime: clock.now() - begun }
}

/** What another process loaded while this one waited. */
function landingOf(space: Space, call: Call, brought: Claim & { kind: 'brought' }): Landing {
  const { entry, mutable, tier } = brought.held
  space.rest.end(call.key)
  return { value: entry.value, entry, mutable, tier, revoked: false, asOf: brought.asOf }
}

interface Failed {
  readonly found: Found
  readonly flight: Flight<Landing>
  readonly error?: unknown
}

/**
 * A load that its callers gave up did not fail. With a stale value at hand nobody is to try again at once. A forced load has
 * not looked whether there is one: its failure is its own, and takes nothing's place.
 */
function endingOf(space: Space, { policy }: Call, { found, flight, error }: Failed): Ending {
  const failure = flight.isAbandoned ? flight.reason : error
  if (flight.isAbandoned && !(failure instanceof LoadTimeoutError)) return { how: 'quiet' }
  if (policy.force) return { how: 'quiet' }
  if (found.stale !== undefined) return { how: 'rest', ms: policy.retryAfter }
  return { how: 'fail', failure: failureFor(space, failure) }
}

function failureFor(space: Space, error: unknown): LoadFailure {
  const { name, code, message } = Object(error) as Record<string, unknown>
  return {
    name: typeof name === 'string' ? name : 'Error',
    ...(typeof code === 'string' ? { code } : {}),
    ...(space.engine.settings.shareErrorMessages && typeof message === 'string' ? { message } : {}),
  }
}

/** In the background: the caller has its answer, and a lease that cannot be given back ends by itself. */
function give(space: Space, lease: Lease, ending: Ending): void {
  const given = lease.release(ending).then(
    () => {},
    (error: unknown) => void reportTierError(space, error),
  )
  space.engine.untilGiven(given)
}

async function throughGate<T>(space: Space, isClosed: boolean, run: () => Promise<T>): Promise<T> {
  if (!isClosed) return await run()
  await space.engine.gate.enter()
  try {
    return await run()
  } finally {
    space.engine.gate.leave()
  }
}

interface Timed extends Loaded {
  readonly loadTime: number
}

interface Run {
  readonly flight: Flight<Landing>
  readonly context: Context
  readonly found: Found
}

interface Loaded {
  readonly value: unknown
  /** The moment on the marks from which the value can have been overtaken. */
  readonly since: number
}

async function runLoader(space: Space, call: LoadedCall, run: Run): Promise<Loaded> {
  const { flight, context, found } = run
  try {
    const value = await withinTimeout(space, call, flight, async () => call.load(context))
    return { value, since: flight.since }
  } catch (error) {
    if (error instanceof NotModified && found.stale !== undefined) {
      for (const tag of found.stale.entry.tags) flight.tags.add(tag)
      return { value: found.stale.entry.value, since: found.since }
    }
    space.counters.loadFailures++
    throw error instanceof LoadFailed ? error.reason : error
  }
}

function withinTimeout<T>(
  space: Space,
  call: Call,
  flight: Flight<Landing>,
  run: () => Promise<T>,
): Promise<T> {
  const { hardTimeout } = call.policy
  if (hardTimeout === Infinity) return run()
  return new Promise((resolve, reject) => {
    const cancel = space.engine.clock.after(hardTimeout, () => {
      const error = new LoadTimeoutError(call.key, hardTimeout)
      reject(error)
      flight.abandon(error)
    })
    run().then(resolve, reject).finally(cancel)
  })
}

/** Made when the loader asks for it. */
function staleAtHand(space: Space, { stale }: Found): (() => StaleAtHand) | undefined {
  if (stale === undefined) return undefined
  return () => {
    const { clock } = space.engine
    const storedAt = Math.round(stale.entry.storedAt - clock.now() + clock.wall())
    return { value: handOver(space, stale.entry.value, stale.mutable), storedAt }
  }
}

/**
 * A value that is not stored may still have several readers: it is protected like any other where it can be, and whether it
 * was overtaken is asked of the lease.
 */
async function unstored(
  space: Space,
  call: Call,
  { flight, value, lease }: { flight: Flight<Landing>; value: unknown; lease: Lease | undefined },
): Promise<Kept> {
  const asOf =
    lease === undefined ? unaskedAsOf(space, call.policy, flight.since) : space.engine.next()
  const isHeld = lease === undefined || (await released(space, lease))
  const revoked = !isHeld || space.marks.isRevoked(flight.since, call.key, [...flight.tags])
  const kept: Kept = { value, entry: undefined, mutable: false, revoked, asOf, result: 'revoked' }
  if (value === undefined) return kept
  try {
    const vetted = vetFor(space, value, call.policy)
    return { ...kept, value: vetted.value, mutable: needsCopies(space, vetted) }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return kept // handed over as it is: what may be returned without being stored needs no codec
  }
}
