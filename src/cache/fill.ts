import { newId } from '../entry/id.js'
import type { Vetted } from '../entry/vet.js'
import { lifeOf } from '../entry/lifetime.js'
import { InvalidValueError } from '../errors.js'
import type { Body, Entry } from '../entry/entry.js'
import type { Ending, Lease } from '../flight/lease.js'
import type { LendingDesk } from '../flight/lending.js'
import type { Space } from './engine.js'
import type { WriteResult } from './write-result.js'
import { returned } from './lend.js'
import type { Policy } from './policy.js'
import { assertReachable, assertShared } from './put-if.js'
import { reportTierError } from './report.js'
import { type Kept, keepVetted, type Made, vetFor } from './store.js'

/** `revoked`: the lease was over, or something was invalidated meanwhile: the value is not stored, and `id` is ''. */
export interface Fill {
  readonly result: WriteResult | 'revoked'
  readonly id: string
}

export interface Bringing {
  readonly token: string
  readonly value: unknown
  readonly policy: Policy
}

const REVOKED: Fill = Object.freeze({ result: 'revoked', id: '' })

/**
 * Stores what the holder of a lease loaded, unless its key, one of its tags or the namespace was invalidated since the lease
 * was given, wherever that was. Rejects with `TierUnavailableError` when Redis cannot be asked or does not answer.
 */
export async function fillLease(
  space: Space,
  key: string,
  { token, value, policy }: Bringing,
): Promise<Fill> {
  if (value === undefined) {
    throw new InvalidValueError(`fill('${key}'): undefined means that nothing is there`)
  }
  if (lifeOf(policy, value) === 0) {
    return (await returned(space, key, token)) ? { result: 'applied', id: '' } : REVOKED
  }
  if (space.lending !== undefined) assertShared(policy)
  const vetted = vetFor(space, value, policy)
  const loaded = { token, policy, vetted }
  const { lending } = space
  const fill = await (lending === undefined
    ? fillHere(space, key, loaded)
    : fillShared(space, lending, key, loaded))
  if (fill.result === 'applied') space.rest.end(key)
  else space.counters.revoked++
  return fill
}

interface Loaded {
  readonly token: string
  readonly policy: Policy
  readonly vetted: Vetted
}

async function fillHere(
  space: Space,
  key: string,
  { token, policy, vetted }: Loaded,
): Promise<Fill> {
  const since = space.loans.end(key, token)
  if (since === undefined) return REVOKED
  const isCurrent = (): boolean => !space.marks.isRevoked(since, key, policy.tags)
  const made = { ...madeOf(policy, vetted), since, isCurrent, lease: undefined }
  const kept = await keepVetted(space, key, made, vetted)
  space.engine.wakes.wake(space.name, key)
  return fillOf(kept, made.id)
}

async function fillShared(
  space: Space,
  lending: LendingDesk,
  key: string,
  { token, policy, vetted }: Loaded,
): Promise<Fill> {
  assertReachable(space)
  // What was invalidated up to now Redis knows by the lease; what is heard from now on, by the marks.
  const since = space.marks.moment
  const begun = space.own.moment
  const isCurrent = (): boolean => !space.own.isRevoked(begun, key, policy.tags)
  let lease: LentLease
  try {
    const resumed = await lending.resume(key, token)
    if (resumed === undefined) return REVOKED
    lease = new LentLease(resumed)
  } catch (error) {
    throw reportTierError(space, error)
  }
  const made = { ...madeOf(policy, vetted), since, isCurrent, lease }
  const kept = await keepVetted(space, key, made, vetted)
  if (lease.failure !== undefined) throw reportTierError(space, lease.failure)
  return fillOf(kept, made.id)
}

function madeOf(
  policy: Policy,
  { value }: Vetted,
): Omit<Made, 'since' | 'isCurrent' | 'lease'> & { readonly id: string } {
  return {
    value,
    policy,
    tags: policy.tags,
    lateTags: policy.tags,
    loadTime: 0,
    outage: false,
    onFilled: undefined,
    id: newId(),
  }
}

function fillOf(kept: Kept, id: string): Fill {
  if (kept.revoked) return REVOKED
  return { result: 'applied', id: kept.result === 'filled' ? id : '' }
}

/** A lease whose fill says why when it is not known what became of it: then the value is not for memory either. */
class LentLease implements Lease {
  readonly #lease: Lease
  failure: unknown

  constructor(lease: Lease) {
    this.#lease = lease
  }

  get stamps(): Lease['stamps'] {
    return this.#lease.stamps
  }

  async fill(
    entry: Entry<Body>,
    lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'> {
    try {
      return await this.#lease.fill(entry, lateTags, isCurrent)
    } catch (error) {
      this.failure = error
      return 'revoked'
    }
  }

  release(ending: Ending): Promise<boolean> {
    return this.#lease.release(ending)
  }

  lapse(): void {
    this.#lease.lapse()
  }
}
