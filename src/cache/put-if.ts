import { type Condition, holds } from '../entry/condition.js'
import type { Body, Entry } from '../entry/entry.js'
import { isFresh } from '../entry/freshness.js'
import { newId } from '../entry/id.js'
import { lifeOf } from '../entry/lifetime.js'
import { InvalidOptionError, InvalidValueError, TierUnavailableError } from '../errors.js'
import type { Ending, Lease } from '../flight/lease.js'
import type { Exchange, Exchanged } from '../tier/exchange.js'
import { invalidateChannel, type InvalidateEvent } from './channels.js'
import type { Space } from './engine.js'
import { invalidate } from './invalidate.js'
import type { WriteResult } from './write-result.js'
import type { Policy } from './policy.js'
import { reportTierError } from './report.js'
import { set } from './set.js'
import { keepVetted, vetFor } from './store.js'

/** `refused`: the condition does not hold. `id`: of the value that was given; '' when it is not kept. */
export interface Put {
  readonly result: WriteResult | 'refused'
  readonly id: string
}

export interface Putting {
  readonly value: unknown
  readonly policy: Policy
  readonly condition: Condition
}

const REFUSED: Put = Object.freeze({ result: 'refused', id: '' })

/**
 * Stores a value if the condition holds, in one step. What is there counts as present while a read without a loader would
 * find it: a value that is stale, or whose tags or namespace were invalidated, is absent. Also refused when one of its own
 * tags is invalidated while it is on its way. With Redis, Redis decides; rejects with `TierUnavailableError` when it cannot
 * be asked, or does not answer: then nobody knows what became of it.
 */
export async function putIf(
  space: Space,
  key: string,
  { value, policy, condition }: Putting,
): Promise<Put> {
  if (value === undefined) {
    throw new InvalidValueError(`put('${key}'): undefined means that nothing is there`)
  }
  if (lifeOf(policy, value) === 0) return { result: await removeIf(space, key, condition), id: '' }
  const id = newId()
  if (space.exchange === undefined) {
    // nothing is awaited between the look and the moment when the value is in memory
    if (!holds(condition, idInMemory(space, key))) return REFUSED
    return { result: await set(space, key, value, policy, id), id }
  }
  assertShared(policy)
  const vetted = vetFor(space, value, policy)
  assertReachable(space)
  const lease = new ExchangeLease(space.exchange, key, condition)
  const { bus } = space.engine
  const remove = { kind: 'remove', keys: [key] } as const
  const kept = await keepVetted(
    space,
    key,
    {
      value,
      policy,
      tags: policy.tags,
      lateTags: [],
      since: space.marks.moment,
      isCurrent: () => true, // Redis orders it among all that may overtake it
      loadTime: 0,
      lease,
      outage: false,
      onFilled: () => bus.announce(space.name, remove),
      id,
    },
    vetted,
  )
  if (lease.failure !== undefined) throw failed(space, key, lease.failure)
  if (kept.result === 'filled') return { result: 'applied', id }
  // nothing of it may be kept, however long others are
  if (!lease.isAsked) return { result: await removeIf(space, key, condition), id: '' }
  forget(space, key, lease.there)
  return REFUSED
}

/** Removes what is there if the condition holds; see `putIf`. */
export async function removeIf(
  space: Space,
  key: string,
  condition: Condition,
): Promise<WriteResult | 'refused'> {
  const remove = { kind: 'remove', keys: [key] } as const
  if (space.exchange === undefined) {
    if (!holds(condition, idInMemory(space, key))) return 'refused'
    return await invalidate(space, remove)
  }
  assertReachable(space)
  let exchanged: Exchanged
  try {
    exchanged = await space.exchange.remove(key, condition)
  } catch (error) {
    throw failed(space, key, error)
  }
  if (!exchanged.isDone) {
    forget(space, key, exchanged.id)
    return 'refused'
  }
  space.engine.bus.announce(space.name, remove)
  if (invalidateChannel.hasSubscribers) {
    invalidateChannel.publish({
      namespace: space.name,
      invalidation: remove,
      result: 'applied',
    } satisfies InvalidateEvent)
  }
  return 'applied'
}

/** Conditions and leases are kept in Redis, where there is one. */
export function assertShared(policy: Policy): void {
  if (policy.tiers !== 'all') {
    throw new InvalidOptionError('tiers', policy.tiers, "'all', where there is Redis")
  }
}

/** Throws when Redis is away, or still to be told of invalidations. */
export function assertReachable(space: Space): void {
  if (space.engine.redisOf(space) !== undefined) return
  throw new TierUnavailableError('open', 'away, or still to be told of invalidations')
}

/** Undefined for nothing that a read would find; '' for a value without an identity. */
function idInMemory(space: Space, key: string): string | undefined {
  const entry = space.memory?.read(key)
  return entry !== undefined && isFresh(entry, space.engine.clock.now()) ? entry.id : undefined
}

/** Memory holds another value than Redis: the next read is to find that of Redis. */
function forget(space: Space, key: string, there: string): void {
  const held = space.memory?.peek(key)
  if (held !== undefined && held.id !== there) space.memory?.forget(key)
}

/** Reasons for which nothing was sent. */
const UNSENT: ReadonlySet<string> = new Set(['open', 'saturated'])

/**
 * It may have been carried out, or may yet be: others will hear of that, and this process, which skips what it announced
 * itself, forgets the key now and when nothing can arrive any more.
 */
function failed(space: Space, key: string, error: unknown): TierUnavailableError {
  const told = reportTierError(space, error)
  if (UNSENT.has(told.reason)) return told
  const { bus, clock, remote } = space.engine
  const drop = (): void => bus.announce(space.name, { kind: 'remove', keys: [key] })
  drop()
  clock.after((remote?.settleTime() ?? 0) + 1, drop)
  return told
}

/** A write with a condition in the place of a fill. */
class ExchangeLease implements Lease {
  readonly stamps: Lease['stamps'] = []
  readonly #exchange: Exchange
  readonly #key: string
  readonly #condition: Condition
  /** Why it is not known what became of it. */
  failure: unknown
  isAsked = false
  /** Id of what stood against it. */
  there = ''

  constructor(exchange: Exchange, key: string, condition: Condition) {
    this.#exchange = exchange
    this.#key = key
    this.#condition = condition
  }

  async fill(
    entry: Entry<Body>,
    _lateTags: readonly string[],
    isCurrent: () => boolean,
  ): Promise<'filled' | 'revoked'> {
    this.isAsked = true
    isCurrent() // from here on nothing may be missed
    try {
      const exchanged = await this.#exchange.replace(this.#key, entry, this.#condition)
      if (exchanged.isDone) return 'filled'
      this.there = exchanged.id
    } catch (error) {
      this.failure = error
    }
    return 'revoked'
  }

  release(_ending: Ending): Promise<boolean> {
    return Promise.resolve(true)
  }

  lapse(): void {}
}
