import { expandBody } from '../entry/compress.js'
import type { Body, Entry } from '../entry/entry.js'
import { isFresh, isHit, newerOf } from '../entry/freshness.js'
import { earlyRefreshAt } from '../entry/lifetime.js'
import { CodecError, TierUnavailableError } from '../errors.js'
import type { Awaitable, Tier } from '../tier/tier.js'
import type { Space } from './engine.js'
import type { Loader } from './options.js'
import { reportTierError } from './report.js'
import type { Policy } from './policy.js'
import { needsCopies, remember, vetFor } from './store.js'

/** One read that memory did not answer at once. */
export interface Call {
  readonly key: string
  readonly policy: Policy
  readonly load: Loader<unknown> | undefined
  /** Its place in the order of calls and flights. */
  readonly ticket: number
  /** The loader sees to the outage gate itself (several keys share one call of it). */
  readonly gated: boolean
  /** Whether a value that came from Redis has the shape it should have. */
  readonly accept: ((value: unknown) => Awaitable<boolean>) | undefined
  /** How many of the policy's tags are not the caller's and so outside the limit. */
  readonly unlimitedTags?: number
  /** Joins no load that is under way: nobody would get anything from waiting. */
  readonly isApart?: boolean
}

/** A read that can load what it does not find. */
export interface LoadedCall extends Call {
  readonly load: Loader<unknown>
}

export function hasLoader(call: Call): call is LoadedCall {
  return call.load !== undefined
}

/** An entry with the tier it was found in. */
export interface Held {
  readonly entry: Entry
  readonly tier: 'memory' | 'redis'
  readonly mutable: boolean
  /** An invalidation of another process may have been missed: usable as a stale value at most. */
  readonly isUntrusted: boolean
}

export interface Found {
  readonly fresh: Held | undefined
  readonly stale: Held | undefined
  /** Fresh, but due for a revalidation ahead of time. */
  readonly isDue: boolean
  /** Redis should have been asked and did not answer: this read takes no further step there. */
  readonly isAway: boolean
  /** The moment on the marks when the look began. */
  readonly since: number
  /** Id of the value that was found, in Redis usable or not; '' for none. */
  readonly seen: string
}

/** What a read that must not look finds. */
export const NOTHING: Found = Object.freeze({
  fresh: undefined,
  stale: undefined,
  isDue: false,
  isAway: false,
  since: 0,
  seen: '',
})

/**
 * Looks into memory, then Redis. What Redis has is promoted. `beyondMemory`: what memory has is known, and being replaced.
 * Never rejects but under `throwOnCacheError`.
 */
export async function find(space: Space, call: Call, beyondMemory = false): Promise<Found> {
  const since = space.marks.moment
  const held = beyondMemory ? undefined : inMemory(space, call.key)
  const fresh = ifFresh(space, held)
  if (fresh !== undefined) return freshOf(space, fresh, since)
  if (call.policy.tiers === 'memory' || space.redis === undefined) {
    return { ...awayOf(space, held, since), isAway: false }
  }
  const redis = space.engine.redisOf(space)
  if (redis === undefined) return absent(space, held, since)
  let record: Entry<Body> | undefined
  try {
    if (held?.isUntrusted === true) {
      const confirmed = await confirm(space, call, redis, since)
      if (confirmed !== undefined) return confirmed
    }
    record = await redis.read(call.key)
  } catch (error) {
    return unanswered(space, call, error, since)
  }
  const found = record && (await promote(space, call, record, since))
  const seen = record?.id ?? ''
  const promoted = ifFresh(space, found)
  if (promoted === undefined) return judge(space, call, { found, since, seen })
  const due = isDue(space, call, promoted)
  return { fresh: promoted, stale: undefined, isDue: due, isAway: false, since, seen }
}

/** Redis did not answer. Another call may have brought the value meanwhile. */
function unanswered(space: Space, call: Call, error: unknown, since: number): Found {
  reportTierError(space, error)
  if (space.engine.settings.throwOnCacheError) throw error
  const late = inMemory(space, call.key)
  const brought = ifFresh(space, late)
  return brought === undefined ? awayOf(space, late, since) : freshOf(space, brought, since)
}

/**
 * What is in memory and would be fresh, but may have been invalidated unheard, is compared with what Redis has: usually it is
 * the same, and its value need not be brought again.
 */
async function confirm(
  space: Space,
  call: Call,
  redis: Tier<Body>,
  since: number,
): Promise<Found | undefined> {
  const entry = space.memory?.read(call.key)
  if (entry === undefined || entry.id === '' || !isFresh(entry, space.engine.clock.now())) {
    return undefined
  }
  const { id, tags, mutable } = entry
  const seen = await redis.confirm(call.key, id, tags)
  if (seen === undefined || !isFresh(seen, space.engine.clock.now())) return undefined
  space.memory?.trustAgain(call.key, entry, seen, since)
  const fresh: Held = { entry, tier: 'redis', mutable, isUntrusted: false }
  return { fresh, stale: undefined, isDue: false, isAway: false, since, seen: id }
}

/** Redis is known to be away, or does not know yet of everything that was invalidated. */
function absent(space: Space, held: Held | undefined, since: number): Found {
  if (space.engine.settings.throwOnCacheError) {
    throw new TierUnavailableError('open', 'away, or still to be told of invalidations')
  }
  return awayOf(space, held, since)
}

/** Redis has nothing fresh. What a flight that began later may have put into memory meanwhile counts as well. */
function judge(
  space: Space,
  call: Call,
  { found, since, seen }: { found: Held | undefined; since: number; seen: string },
): Found {
  const held = inMemory(space, call.key)
  const fresh = ifFresh(space, held)
  if (fresh !== undefined) return freshOf(space, fresh, since)
  // Redis answered and has nothing: another process may have removed it, and what is stale here is not to be served.
  if (found === undefined) return { ...staleOf(undefined, since), seen }
  const newer = newerOf(found.entry, held?.isUntrusted === true ? undefined : held?.entry)
  return { ...staleOf(newer === found.entry ? found : held, since), seen }
}

function staleOf(stale: Held | undefined, since: number): Found {
  return { fresh: undefined, stale, isDue: false, isAway: false, since, seen: '' }
}

/** Without grace nothing is served that may have been invalidated; `whenBlind: 'refuse'`: with grace neither. */
function awayOf(space: Space, stale: Held | undefined, since: number): Found {
  const isRefused =
    stale?.isUntrusted === true &&
    (space.engine.settings.coherence.whenBlind === 'refuse' || !hasGrace(stale.entry))
  return { ...staleOf(isRefused ? undefined : stale, since), isAway: true }
}

/** An entry whose freshness was ended has grace, or it would be gone. */
function hasGrace({ freshUntil, staleUntil }: Entry): boolean {
  return staleUntil > freshUntil
}

/** Fresh in memory. It was no hit: so it is due, or the look began before it was there. */
function freshOf(space: Space, held: Held, since: number): Found {
  const isDue =
    'hitUntil' in held.entry && !isHit(held.entry as { hitUntil: number }, space.engine.clock.now())
  return { fresh: held, stale: undefined, isDue, isAway: false, since, seen: held.entry.id }
}

/** What is held, if it is fresh. */
function ifFresh(space: Space, held: Held | undefined): Held | undefined {
  if (held === undefined || held.isUntrusted) return undefined
  return isFresh(held.entry, space.engine.clock.now()) ? held : undefined
}

function inMemory(space: Space, key: string): Held | undefined {
  const entry = space.memory?.read(key)
  if (entry === undefined || space.memory === undefined) return undefined
  const isUntrusted = !space.memory.isTrusted(entry)
  return { entry, tier: 'memory', mutable: entry.mutable, isUntrusted }
}

/** Without memory there is no draw kept with the entry: one is made at each read, as in the paper. */
function isDue(space: Space, call: Call, found: Held): boolean {
  if (space.memory !== undefined || call.policy.earlyRefresh === 0) return false
  const { freshUntil, loadTime } = found.entry
  const random = 1 - space.engine.random()
  return (
    space.engine.clock.now() >=
    earlyRefreshAt(freshUntil, loadTime, call.policy.earlyRefresh, random)
  )
}

/** Decodes a record and puts it into memory with what is left of its life. Undefined = unreadable, counted. */
async function promote(
  space: Space,
  call: Call,
  record: Entry<Body>,
  since: number,
): Promise<Held | undefined> {
  const { codec, settings } = space.engine
  let value: unknown
  try {
    const body = expandBody(record.value, MAX_EXPANDED)
    value = codec.decode(body instanceof Promise ? await body : body)
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    space.counters.recordFaults++
    return undefined
  }
  if (call.accept !== undefined && !(await isAccepted(space, call.accept, value))) {
    space.counters.recordFaults++
    return undefined
  }
  const { storedAt, freshUntil, staleUntil, loadTime, tags, id } = record
  const entry: Entry = { value, storedAt, freshUntil, staleUntil, loadTime, tags, id }
  // Written out, here and below: a spread costs more than all else of a hit.
  if (space.memory === undefined) {
    return { entry, tier: 'redis', mutable: false, isUntrusted: false }
  }
  // Only freezing needs the walk: a decoded value is known to be storable.
  const vetted =
    settings.memory?.copy === 'freeze'
      ? vetFor(space, value, call.policy)
      : { value, mutable: false }
  const mutable = needsCopies(space, vetted)
  const size = record.value.bytes.length
  remember(space, call.key, entry, { since, mutable, size, policy: call.policy })
  return { entry, tier: 'redis', mutable, isUntrusted: false }
}

/** A schema that throws has not accepted the value; its own mistake is told. */
async function isAccepted(
  space: Space,
  accept: NonNullable<Call['accept']>,
  value: unknown,
): Promise<boolean> {
  try {
    return await accept(value)
  } catch (error) {
    const told = error instanceof Error ? error : new Error(String(error))
    space.engine.voice.error(told, `schema ${told.message}`)
    return false
  }
}

/** Bytes; a compressed record that would become larger is not a value of ours. */
const MAX_EXPANDED = 512 * 2 ** 20
