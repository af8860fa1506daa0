import { compressBody } from '../entry/compress.js'
import { copyOf } from '../entry/copy.js'
import type { Body, Entry } from '../entry/entry.js'
import { isServable } from '../entry/freshness.js'
import { capDeadlines, deadlinesOf, earlyRefreshAt, type Lifetime } from '../entry/lifetime.js'
import { newId } from '../entry/record.js'
import { vet, type Vetted } from '../entry/vet.js'
import { CodecError } from '../errors.js'
import type { Lease } from '../flight/lease.js'
import type { Landing, Space } from './engine.js'
import { reportTierError, reportUnstorable } from './report.js'
import type { Policy } from './policy.js'

/** A value on its way into the tiers. */
export interface Made {
  readonly value: unknown
  readonly policy: Policy
  readonly tags: readonly string[]
  /** Those of them that became known during the load. */
  readonly lateTags: readonly string[]
  /** The moment on the marks when the load, or the set, began. */
  readonly since: number
  /** Whether it may still be written, as far as this process knows. */
  readonly isCurrent: () => boolean
  readonly loadTime: number
  /** Undefined: not for Redis, or Redis is away. */
  readonly lease: Lease | undefined
  /** Redis should have been asked and was not: the value may live only briefly. */
  readonly outage: boolean
  /** Raises the fence once more, after Redis has the value and before memory gets it: what was read before is older. */
  readonly onFilled: (() => void) | undefined
  /** Identity it is to get; undefined: one of its own, if it needs one. */
  readonly id: string | undefined
}

/**
 * Redis, then memory. Undefined for a value that cannot be stored; rejects with that under `throwOnCacheError`, and with
 * nothing else.
 */
export async function keepLoaded(space: Space, key: string, made: Made): Promise<Kept | undefined> {
  try {
    return await keepVetted(space, key, made, vetFor(space, made.value, made.policy))
  } catch (error) {
    const isUnstorable = error instanceof CodecError
    if (isUnstorable && !space.engine.settings.throwOnCacheError) {
      reportUnstorable(space, error)
      return undefined
    }
    if (made.lease !== undefined) void released(space, made.lease)
    throw error
  }
}

/** What became of a value on its way into the tiers; the fields of a landing. */
export interface Kept extends Omit<Landing, 'tier' | 'asOf'> {
  /** As in a landing; undefined: nothing is proven that was not known when the load began. */
  readonly asOf: number | undefined
  readonly result: Written
}

/** Whether what had to be written to Redis was. `unknown`: no answer; it may still arrive. */
export type Written = 'filled' | 'revoked' | 'refused' | 'unknown'

const NOT_KEPT = { entry: undefined, mutable: false, revoked: false, result: 'revoked' } as const

/** Gives a lease back. False: it had been revoked, or that could not be learned. */
export async function released(space: Space, lease: Lease): Promise<boolean> {
  try {
    return await lease.release({ how: 'quiet' })
  } catch (error) {
    reportTierError(space, error)
    return false
  }
}

/** As `keepLoaded`, for a value whose type has been checked. */
export async function keepVetted(
  space: Space,
  key: string,
  made: Made,
  vetted: Vetted,
): Promise<Kept> {
  const { value } = vetted
  const mutable = needsCopies(space, vetted)
  const entry = made.isCurrent() ? entryOf(space, made, value) : undefined
  if (entry === undefined || !isServable(entry, space.engine.clock.now())) {
    return { ...NOT_KEPT, value, mutable, ...(await givenUp(space, made)) }
  }
  // Without Redis nothing is awaited: the value is in memory before anything else can happen to the key.
  const sent =
    made.lease === undefined
      ? notSent(space, made, vetted)
      : await send(space, entry, { made, lease: made.lease }, vetted)
  const { result, asOf } = sent
  if (result === 'revoked' || !made.isCurrent()) {
    return { ...NOT_KEPT, value, mutable, revoked: true, result, asOf }
  }
  const isHeard = isHeardSince(space, key, made, sent.from)
  made.onFilled?.()
  const filled = result === 'filled'
  const kept = filled ? entry : shortened(space, entry)
  const since = isHeard || !filled ? space.marks.moment : made.since
  const { size } = sent
  remember(space, key, kept, { since, mutable, size, policy: made.policy, unheard: !filled })
  return { value, entry: kept, mutable, revoked: false, result, asOf }
}

/** A value on its way: what came of it in Redis, and from when on this process must not have missed anything. */
interface Sent {
  readonly result: Written
  /** Estimated bytes of the value. */
  readonly size: number
  /** A moment on the marks. */
  readonly from: number
  readonly asOf: number | undefined
}

function notSent(space: Space, made: Made, vetted: Vetted): Sent {
  const result = made.outage ? 'unknown' : 'filled'
  const asOf = unaskedAsOf(space, made.policy, made.since)
  return { result, size: vetted.bytes, from: made.since, asOf }
}

/** Redis had not been told of anything when it took the value. */
async function send(
  space: Space,
  entry: Entry,
  { made, lease }: { readonly made: Made; readonly lease: Lease },
  vetted: Vetted,
): Promise<Sent> {
  const { marks, engine } = space
  let from = marks.moment
  let asOf = engine.next()
  const isCurrent = (): boolean => {
    from = marks.moment
    // who comes after the write was sent may come after an invalidation that followed it
    asOf = engine.next()
    return made.isCurrent()
  }
  const { lateTags } = made
  const { result, size } = await fill(space, entry, { lease, lateTags, isCurrent }, vetted)
  return { result, size, from, asOf: result === 'filled' ? asOf : undefined }
}

/** A set gives way to nobody else's key, but belongs to the lives its tags had when it began. */
function isHeardSince({ marks }: Space, key: string, made: Made, from: number): boolean {
  return (
    marks.isTrusted(from) &&
    !marks.isRevoked(from, key, made.tags) &&
    marks.verdictOfTags(made.since, made.tags) === 'good'
  )
}

/** A value that is not to be kept: whether it was overtaken is asked of the lease. */
async function givenUp(space: Space, made: Made): Promise<Pick<Kept, 'revoked' | 'asOf'>> {
  const { lease } = made
  const asOf =
    lease === undefined ? unaskedAsOf(space, made.policy, made.since) : space.engine.next()
  const isHeld = lease === undefined || (await released(space, lease))
  return { revoked: !isHeld || !made.isCurrent(), asOf }
}

/**
 * Of a value for which Redis was not asked: where others may invalidate it, that proves nothing. What is for memory alone is
 * as good as memory: if everything has been heard since the load began.
 */
export function unaskedAsOf(space: Space, policy: Policy, since: number): number | undefined {
  if (space.redis === undefined) return Infinity
  const { trust, clock } = space.engine
  const isHeard = space.marks.isTrusted(since) && trust.isCoherent(clock.now())
  return policy.tiers === 'memory' && isHeard ? Infinity : undefined
}

function entryOf(space: Space, made: Made, value: unknown): Entry {
  const { clock, random } = space.engine
  const { storedAt, freshUntil, staleUntil } = deadlinesOf(
    made.policy,
    value,
    clock.now(),
    random(),
  )
  const { loadTime, tags } = made
  const id = made.id ?? (needsIdentity(space, made) ? newId() : '')
  return { value, storedAt, freshUntil, staleUntil, loadTime, tags, id }
}

/** Only what others may compare needs one; what is for memory alone is not compared with Redis, where there is one. */
function needsIdentity({ engine, redis }: Space, { lease, outage }: Made): boolean {
  return lease !== undefined || (engine.hasIdentities && (redis === undefined || outage))
}

interface Filling {
  readonly lease: Lease
  readonly lateTags: readonly string[]
  readonly isCurrent: () => boolean
}

/** `size`: estimated bytes of the value. */
async function fill(
  space: Space,
  entry: Entry,
  made: Filling,
  vetted: Vetted,
): Promise<{ result: Written; size: number }> {
  const body = space.engine.codec.encode(vetted)
  const size = body.bytes.length
  try {
    const record = await sealed(space, entry, body)
    const result = await made.lease.fill(record, made.lateTags, made.isCurrent)
    return { result, size }
  } catch (error) {
    const { reason } = reportTierError(space, error)
    return { result: reason === 'refused' ? 'refused' : 'unknown', size }
  }
}

async function sealed(space: Space, entry: Entry, body: Body): Promise<Entry<Body>> {
  const { compression } = space.engine.settings.codec
  const { storedAt, freshUntil, staleUntil, loadTime, tags, id } = entry
  const value = compression === undefined ? body : await compressBody(body, compression)
  return { value, storedAt, freshUntil, staleUntil, loadTime, tags, id }
}

/** What Redis does not have lives in memory only as long as it may be wrong without anybody hearing of it. */
function shortened(space: Space, entry: Entry): Entry {
  const { settings } = space.engine
  const from = entry.storedAt - entry.loadTime
  const longest = Math.min(settings.outage.ttl, settings.coherence.maxStaleness)
  return { ...entry, ...capDeadlines(entry, from, longest) }
}

export interface Remembered {
  readonly since: number
  readonly mutable: boolean
  readonly size: number
  readonly policy: Pick<Policy, 'earlyRefresh'>
  /** Not in Redis: nobody can be heard of who invalidates it. */
  readonly unheard?: boolean
}

/** Puts an entry into memory, under its copy policy and its share of the lifetime. */
export function remember(space: Space, key: string, entry: Entry, how: Remembered): void {
  const { settings, clock, random, isClosed } = space.engine
  if (space.memory === undefined || settings.memory === undefined || isClosed) return
  const kept = withinMemory(entry, settings.memory.ttl, clock.now())
  const value = how.mutable ? copyOf(entry.value, settings.codec.types) : entry.value
  const { earlyRefresh } = how.policy
  const hitUntil = earlyRefreshAt(kept.freshUntil, entry.loadTime, earlyRefresh, 1 - random())
  space.memory.keep(key, value === kept.value ? kept : { ...kept, value }, {
    since: how.since,
    hitUntil,
    mutable: how.mutable,
    unheard: how.unheard === true,
    size: how.size,
  })
}

/** `memory.ttl` ends the time in which memory answers alone; a value without grace is then gone from it. */
function withinMemory(entry: Entry, ttl: number, now: number): Entry {
  const end = Math.floor(now + ttl)
  if (entry.freshUntil <= end) return entry
  const staleUntil = entry.staleUntil > entry.freshUntil ? entry.staleUntil : end
  return { ...entry, freshUntil: end, staleUntil }
}

/** `isOpaque`: of a kind that nothing here can look into, freeze or copy. */
export interface Checked extends Vetted {
  readonly isOpaque?: boolean
}

/** The walk over a value before it is stored. Throws `CodecError`; for memory only, what cannot be stored is opaque. */
export function vetFor(space: Space, value: unknown, policy: Pick<Policy, 'tiers'>): Checked {
  const { codec, memory } = space.engine.settings
  const options = { instances: codec.instances, types: codec.types }
  const freeze = (memory?.copy ?? 'freeze') === 'freeze'
  if (policy.tiers === 'all') return vet(value, { ...options, freeze })
  try {
    return vet(value, { ...options, freeze })
  } catch (error) {
    if (!(error instanceof CodecError)) throw error
    return { value, bytes: UNKNOWN_BYTES, mutable: false, custom: [], isOpaque: true }
  }
}

/** Taken for the size of what cannot be walked and stays in memory as it is. */
const UNKNOWN_BYTES = 1_024

/** Whether each reader gets a copy of its own. */
export function needsCopies(
  space: Space,
  vetted: Pick<Checked, 'value' | 'mutable' | 'isOpaque'>,
): boolean {
  if (vetted.isOpaque === true) return false
  switch (space.engine.settings.memory?.copy ?? 'freeze') {
    case 'freeze':
      return vetted.mutable
    case 'clone':
      return typeof vetted.value === 'object' && vetted.value !== null
    case 'none':
      return false
  }
}

/** What one of several readers is given. */
export function handOver(space: Space, value: unknown, mutable: boolean): unknown {
  return mutable ? copyOf(value, space.engine.settings.codec.types) : value
}

/** How long a value of this lifetime may be kept in all, milliseconds. */
export function longestLife(lifetime: Lifetime): number {
  return Math.max(lifetime.ttl, lifetime.negativeTtl ?? 0) + lifetime.grace
}
