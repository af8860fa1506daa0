import { CodecError, LoadTimeoutError } from '../errors.js'
import { Flight } from '../flight/flight.js'
import { acquireLease, type Acquired } from './acquire.js'
import { Context, LoadFailed, NotModified, type StaleAtHand } from './context.js'
import type { Landing, Space } from './engine.js'
import { NOTHING, type Call, type Found, type LoadedCall } from './lookup.js'
import { traced } from './report.js'
import { handOver, keepLoaded, needsCopies, vetFor } from './store.js'

/** Starts the one load of the key in this process. */
export function takeOff(space: Space, call: LoadedCall, found: Found): Flight<Landing> {
  const start = {
    key: call.key,
    since: space.marks.moment,
    began: space.engine.next(),
    tags: call.policy.tags,
  }
  return space.flights.start(start, (flight) => fly(space, call, found, flight))
}

/** Runs the loader for one caller only: nothing is looked up, joined or stored. */
export function loadUncached(space: Space, call: LoadedCall): Promise<unknown> {
  const { key, policy } = call
  const start = { key, since: space.marks.moment, began: call.ticket, tags: policy.tags }
  const flight = new Flight<Landing>(start)
  const context = new Context(flight, space.engine.settings.limits, undefined)
  const landing = traced(space, key, () =>
    runLoader(space, call, { flight, context, found: NOTHING }),
  ).then(({ value }) => ({ value, entry: undefined, mutable: false, revoked: false }))
  flight.launch(landing)
  return flight.ride(policy.signal).then(({ value }) => value)
}

/** Lease, loader, store. */
async function fly(
  space: Space,
  call: LoadedCall,
  found: Found,
  flight: Flight<Landing>,
): Promise<Landing> {
  const { lease, isAway } = await leaseFor(space, call, found)
  const { clock } = space.engine
  const context = new Context(flight, space.engine.settings.limits, staleAtHand(space, found))
  const { value, since, loadTime } = await throughGate(space, isAway && !call.gated, async () => {
    const begun = clock.now()
    const loaded = await traced(space, call.key, () =>
      runLoader(space, call, { flight, context, found }),
    )
    return { ...loaded, loadTime: clock.now() - begun }
  })
  const isStorable = value !== undefined && !context.skipped && !flight.isAbandoned
  if (!isStorable) return unstored(space, call, flight, value)
  const lateTags = [...flight.tags].filter((tag) => !call.policy.tags.includes(tag))
  const landing = await keepLoaded(space, call.key, {
    value,
    policy: context.lifetimeOver(call.policy),
    tags: [...flight.tags],
    lateTags,
    since,
    loadTime,
    lease,
    outage: isAway,
    // What a read found meanwhile was stored before a forced load was asked for.
    onFilled: call.policy.force ? () => space.marks.markKey(call.key) : undefined,
  })
  if (landing.revoked) space.counters.revoked++
  space.rest.end(call.key)
  return landing
}

/** A read that Redis did not answer takes no further step there. */
async function leaseFor(space: Space, call: Call, found: Found): Promise<Acquired> {
  if (found.isAway) return { lease: undefined, isAway: true }
  const acquired = await acquireLease(space, call.key, call.policy)
  if (acquired.error !== undefined && space.engine.settings.throwOnCacheError) throw acquired.error
  return acquired
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

/** A value that is not stored may still have several readers: it is protected like any other where it can be. */
function unstored(space: Space, call: Call, flight: Flight<Landing>, value: unknown): Landing {
  const revoked = space.marks.isRevoked(flight.since, call.key, [...flight.tags])
  const landing = { value, entry: undefined, mutable: false, revoked }
  if (value === undefined) return landing
  try {
    const vetted = vetFor(space, value, call.policy)
    return { ...landing, value: vetted.value, mutable: needsCopies(space, vetted) }
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return landing // handed over as it is: what may be returned without being stored needs no codec
  }
}
