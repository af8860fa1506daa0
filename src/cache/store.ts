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
  readonly loadTime: number
  /** Undefined: not for Redis, or Redis is away. */
  readonly lease: Lease | undefined
  /** Redis should have been asked and was not: the value may live only briefly. */
  readonly outage: boolean
  /** Raises the fence once more, after Redis has the value and before memory gets it: what was read before is older. */
  readonly onFilled: (() => void) | undefined
}

/** Redis, then memory. Never rejects but with `CodecError` under `throwOnCacheError`. */
export async function keepLoaded(space: Space, key: string, made: Made): Promise<Landing> {
  try {
    return await keepVetted(space, key, made, vetFor(space, made.value, made.policy))
  } catch (error) {
    if (!(error instanceof CodecError) || space.engine.settings.throwOnCacheError) throw error
    reportUnstorable(space, error)
    return { value: made.value, entry: undefined, mutable: false, revoked: false }
  }
}

export interface Kept extends Landing {
  /** What had to be written to Redis was. */
  readonly filled: boolean
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
  const refused = (revoked: boolean, filled: boolean): Kept => ({
    value,
    entry: undefined,
    mutable,
    revoked,
    filled,
  })
  const isCurrent = (): boolean => !space.marks.isRevoked(made.since, key, made.tags)
  if (!isCurrent()) return refused(true, false)
  const entry = entryOf(space, made, value)
  if (!isServable(entry, space.engine.clock.now())) return refused(false, false)
  // Without Redis nothing is awaited: the value is in memory before anything else can happen to the key.
  const { filled, size } =
    made.lease === undefined
      ? { filled: !made.outage, size: vetted.bytes }
      : await fill(space, entry, { lease: made.lease, lateTags: made.lateTags, isCurrent }, vetted)
  if (!isCurrent()) return refused(true, filled)
  made.onFilled?.()
  const kept = filled ? entry : shortened(space, entry)
  remember(space, key, kept, { since: space.marks.moment, mutable, size, policy: made.policy })
  return { value, entry: kept, mutable, revoked: false, filled }
}

function entryOf(space: Space, made: Made, value: unknown): Entry {
  const { clock, random } = space.engine
  const { storedAt, freshUntil, staleUntil } = deadlinesOf(
    made.policy,
    value,
    clock.now(),
    random(),
  )
  const { loadTime, tags, lease } = made
  // Only what others may compare needs an identity.
  const id = lease === undefined ? '' : newId()
  return { value, storedAt, freshUntil, staleUntil, loadTime, tags, id }
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
): Promise<{ filled: boolean; size: number }> {
  const body = space.engine.codec.encode(vetted)
  const size = body.bytes.length
  try {
    const record = await sealed(space, entry, body)
    const result = await made.lease.fill(record, made.lateTags, made.isCurrent)
    return { filled: result === 'filled', size }
  } catch (error) {
    reportTierError(space, error)
    return { filled: false, size }
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
  return { ...entry, ...capDeadlines(entry, from, settings.outage.ttl) }
}

export interface Remembered {
  readonly since: number
  readonly mutable: boolean
  readonly size: number
  readonly policy: Pick<Policy, 'earlyRefresh'>
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
