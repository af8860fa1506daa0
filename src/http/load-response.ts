import type { Context } from '../cache/context.js'
import type { Call, LoadedCall } from '../cache/lookup.js'
import { type Answer, read } from '../cache/read.js'
import type { TagLimits } from '../entry/tag.js'
import { RemoteLoadError } from '../errors.js'
import type { ForwardReason } from './cache-status.js'
import type { Visit } from './exchange.js'
import { fetchResponse, OriginFailure } from './fetch-response.js'
import type { Fetching, Landed } from './fetching.js'
import type { Fill } from './fill.js'
import { isLasting } from './hit-for-miss.js'
import { Live } from './live.js'
import type { HttpResponse } from './message.js'
import type { Kept, Looked } from './response-lookup.js'
import type { ResponseSpace } from './response-space.js'
import type { RawBody } from '../entry/raw-body.js'

/** How a load ended for a request that asked for it, or joined it. */
export type Loaded =
  /** Answered by the origin itself, while the load goes on. */
  | { readonly kind: 'live'; readonly response: HttpResponse }
  /** What is stored now, or (`isStale`) was before. */
  | {
      readonly kind: 'stored'
      readonly value: RawBody
      readonly answer: Answer
      readonly isStale: boolean
    }
  /** It failed, and what is stale at hand may be served instead. */
  | { readonly kind: 'stale'; readonly kept: Kept }
  /** It was not for others. */
  | { readonly kind: 'pass'; readonly reason: string }

/**
 * One load over all who ask (of all processes), or one beside others that nobody waits for. With a stale response that may be
 * served it does not wait, or does not fail.
 */
export async function loadResponse(
  on: ResponseSpace,
  visit: Visit,
  looked: Looked,
  isApart: boolean,
): Promise<Loaded> {
  const { kept, found, call } = looked
  const use = kept?.use
  const isBehind = use?.use === 'stale-while-revalidate'
  const live = new Live()
  // nobody is there to be given what comes later
  if (isBehind) live.close()
  const fetching = fetchingOf(on, visit, looked, live)
  const loaded: LoadedCall = {
    ...call,
    policy: {
      ...call.policy,
      ...(isApart ? apart(on, call) : {}),
      softTimeout: isBehind ? 0 : Infinity,
    },
    isApart,
    // the cache makes no other
    load: (context) => fetchResponse(fetching, context as Context),
  }
  const fallback = isBehind || fetching.onError || isOffline(visit, kept) ? kept : undefined
  const stale = fallback?.held
  const landing = read(on.space, loaded, { ...found, fresh: undefined, stale, isDue: false })
  if (visit.fill !== undefined) holdFill(on, visit.fill, call.key, landing)
  const own = live.offered.then(
    (response): Loaded => ({ kind: 'live', response }),
    (error: unknown): Loaded => {
      if (fallback === undefined) throw error
      return { kind: 'stale', kept: fallback }
    },
  )
  const shared = landing.then((answer) => {
    remember(on, call.key, answer.value as Landed)
    return landed(answer, fetching.onError ? kept : undefined)
  })
  // who was answered while the load went on hears of its failure by the body
  return await Promise.race([own, shared]).catch(passable)
}

/** Whether those who come next have anything to wait for. */
function remember({ hitForMiss, engine }: ResponseSpace, key: string, landed: Landed): void {
  if (!('pass' in landed)) hitForMiss.forget(key)
  else if (isLasting(landed.pass)) hitForMiss.note(key, engine.clock.now())
}

/** A lease is for one at a time: what several load beside each other is kept by each process, or is under one lease. */
function apart({ space }: ResponseSpace, { policy }: Call): Partial<Call['policy']> {
  if (space.memory !== undefined) return { tiers: 'memory' }
  return { lease: { ...policy.lease, waits: false } }
}

/** Until the load is over, also one that goes on behind everybody's back. */
function holdFill(
  { space }: ResponseSpace,
  fill: Fill,
  key: string,
  landing: Promise<Answer>,
): void {
  const tell = (value: unknown): void => {
    const landed = value as Landed | undefined
    if (landed !== undefined && 'pass' in landed && isLasting(landed.pass)) fill.alone()
  }
  fill.hold(landing.then(({ value }) => tell(value)))
  const flight = space.flights.get(key)
  if (flight !== undefined) fill.hold(flight.landed().then((landed) => tell(landed?.value)))
}

function fetchingOf(on: ResponseSpace, visit: Visit, looked: Looked, live: Live): Fetching {
  const { kept, call } = looked
  const use = kept?.use
  return {
    visit,
    stored: kept?.stored,
    onError: use?.use === 'stale-while-revalidate' || (use?.use === 'validate' && use.onError),
    live,
    forward: forwardOf(looked),
    rules: on.rules,
    limits: tagRoom(on, call),
    now: () => on.engine.clock.wall(),
    onRuleFault: on.onRuleFault,
  }
}

/** How many tags a response may bring. */
function tagRoom({ engine }: ResponseSpace, { policy, unlimitedTags = 0 }: Call): TagLimits {
  const { tagsPerEntry, tagBytes } = engine.settings.limits
  return { tagsPerEntry: tagsPerEntry - (policy.tags.length - unlimitedTags), tagBytes }
}

/** RFC 9211 section 2.2. */
function forwardOf({ kept, isVariant }: Looked): ForwardReason {
  if (kept === undefined) return isVariant ? 'vary-miss' : 'uri-miss'
  const { lifetime } = kept.stored
  return kept.use.age < lifetime.freshFor && !lifetime.noCache ? 'request' : 'stale'
}

/** RFC 9111 section 4.2.4: of a server that cannot be reached a stale response is served, unless it forbade it. */
export function isOffline({ isRemote }: Visit, kept: Kept | undefined): boolean {
  return isRemote === true && kept?.use.use === 'validate' && kept.use.offline
}

/** `kept`: what is served when it failed. */
function landed(answer: Answer, kept: Kept | undefined): Loaded {
  const value = answer.value as Landed
  if ('pass' in value) {
    return value.hasFailed === true && kept !== undefined
      ? { kind: 'stale', kept }
      : { kind: 'pass', reason: value.pass }
  }
  return { kind: 'stored', value, answer, isStale: answer.outcome === 'stale' }
}

/** A load that failed in another process says nothing that a client could be told: each asks for himself. */
function passable(error: unknown): Loaded {
  if (error instanceof RemoteLoadError || error instanceof OriginFailure) {
    return { kind: 'pass', reason: 'failed-elsewhere' }
  }
  throw error
}
