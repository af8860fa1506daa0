import { type Duration, parseDuration } from '../entry/duration.js'
import type { Condition } from '../entry/condition.js'
import { newId } from '../entry/id.js'
import { assertKey } from '../entry/key.js'
import { lifeOf } from '../entry/lifetime.js'
import { knownOptions } from '../entry/option.js'
import { type Cache, insideOf } from './cache.js'
import { assertOpen } from './defined.js'
import type { Space } from './engine.js'
import { type Fill, fillLease } from './fill.js'
import type { WriteResult } from './write-result.js'
import { lend, type LeaseAnswer, returned } from './lend.js'
import type { SetOptions } from './options.js'
import { parsePolicy, type Policy, SET_NAMES } from './policy.js'
import { type Put, putIf, removeIf } from './put-if.js'
import { reportLease } from './report.js'
import { set } from './set.js'

export type { Condition } from '../entry/condition.js'
export type { Fill } from './fill.js'
export type { LeaseAnswer } from './lend.js'
export type { Put } from './put-if.js'

/*
 * What a cache can do for those who speak for others, and its public face does not offer: compare and set, and leases for
 * holders outside of the process. Each rejects like the methods of the cache (`InvalidKeyError`, `InvalidOptionError`,
 * `ClosedError`), and with `TierUnavailableError` when Redis is configured and cannot be asked.
 */

export interface LeaseWish {
  /** After which the lease ends by itself, 100 ms .. 1m: nobody sees its holder die. */
  readonly ttl: Duration
  /** Longest wait for somebody else's load, 0 .. 10m. */
  readonly wait: Duration
  /** When it aborts, `lease` rejects with its reason, and a lease that was just given goes back. */
  readonly signal?: AbortSignal | undefined
}

/** Stores a value, with a condition if it holds (see `putIf`); without one as `set`, also while Redis is away. */
export async function put(
  cache: Cache,
  key: string,
  value: unknown,
  options: SetOptions,
  condition?: Condition,
): Promise<Put> {
  const { space, policy } = checked(cache, key, options)
  if (condition !== undefined) return await putIf(space, key, { value, policy, condition })
  const id = newId()
  const result = await set(space, key, value, policy, id)
  return { result, id: lifeOf(policy, value) === 0 ? '' : id }
}

/** Removes what is there if the condition holds (see `putIf`). */
export async function remove(
  cache: Cache,
  key: string,
  condition: Condition,
): Promise<WriteResult | 'refused'> {
  return await removeIf(checked(cache, key).space, key, condition)
}

/** What is there, or the right to load it (see `lend`). */
export async function lease(cache: Cache, key: string, wish: LeaseWish): Promise<LeaseAnswer> {
  const { space, policy } = checked(cache, key)
  const answer = await lend(
    space,
    key,
    { ...policy, tiers: 'all' },
    {
      ttl: parseDuration(wish.ttl, 'lease.ttl', { min: 100, max: 60_000 }),
      wait: parseDuration(wish.wait, 'lease.wait', { max: 600_000 }),
      signal: wish.signal,
    },
  )
  if (answer.kind === 'yours') reportLease(space, key, 'lent')
  return answer
}

/** Stores what was loaded under a lease (see `fillLease`). A token that is none was revoked. */
export async function fill(
  cache: Cache,
  key: string,
  token: string,
  value: unknown,
  options: SetOptions,
): Promise<Fill> {
  const { space, policy } = checked(cache, key, options)
  const filled = await fillLease(space, key, { token, value, policy })
  reportLease(space, key, filled.result === 'revoked' ? 'revoked' : 'filled')
  return filled
}

/** Gives a lease back: the next who waits is to load. False: it was held no longer. */
export async function giveUp(cache: Cache, key: string, token: string): Promise<boolean> {
  const { space } = checked(cache, key)
  const wasHeld = await returned(space, key, token)
  if (wasHeld) reportLease(space, key, 'returned')
  return wasHeld
}

function checked(
  cache: Cache,
  key: string,
  options: SetOptions = {},
): { readonly space: Space; readonly policy: Policy } {
  const { space, policy, engine } = insideOf(cache)
  const { limits } = engine.settings
  assertOpen(space)
  assertKey(key, limits.keyBytes)
  return { space, policy: parsePolicy(knownOptions(options, SET_NAMES), policy, limits) }
}
