import type { Cache } from './cache.js'
import { insideOf } from './cache.js'
import type { Condition } from './condition.js'
import type { WriteResult } from './invalidate.js'
import { assertOpen } from './defined.js'
import { assertKey } from '../entry/key.js'
import { newId } from '../entry/id.js'
import { knownOptions } from '../entry/option.js'
import type { SetOptions } from './options.js'
import type { Reading } from './outcome.js'
import { parsePolicy, SET_NAMES } from './policy.js'
import { set } from './set.js'
import { longestLife } from './store.js'

export type { Condition } from './condition.js'

/** `refused`: the condition does not hold. `id`: of the value that was given; '' when it is not kept (ttl 0) or refused. */
export interface Put {
  readonly result: WriteResult | 'refused'
  readonly id: string
}

/** `revoked`: the lease was over, or something was invalidated meanwhile: the value is not stored. */
export interface Fill {
  readonly result: WriteResult | 'revoked'
  readonly id: string
}

export interface LeaseWish {
  /** Milliseconds after which the lease ends by itself, 100 .. 60,000. */
  readonly ttl: number
  /** Milliseconds to wait for somebody else's load, 0 .. 600,000. */
  readonly wait: number
  readonly signal?: AbortSignal | undefined
}

export type LeaseAnswer =
  /** A fresh value is there. */
  | { readonly kind: 'value'; readonly reading: Reading<unknown> }
  /** The caller is to load: `fill` or `giveUp` with the token, in any process on the same Redis, within `ttl` ms. */
  | { readonly kind: 'yours'; readonly token: string; readonly ttl: number }
  /** Somebody else loads, for longer than `wait`. */
  | { readonly kind: 'busy'; readonly stale: Reading<unknown> | undefined }

/** Stores a value if the condition holds, atomically. Without one as `set`. */
export async function put(
  cache: Cache,
  key: string,
  value: unknown,
  options: SetOptions,
  condition?: Condition,
): Promise<Put> {
  if (condition !== undefined) return pending()
  const { space, policy, engine } = insideOf(cache)
  const { limits } = engine.settings
  assertOpen(space)
  assertKey(key, limits.keyBytes)
  const how = parsePolicy(knownOptions(options, SET_NAMES), policy, limits)
  const id = newId()
  const result = await set(space, key, value, how, id)
  return { result, id: longestLife(how) === 0 ? '' : id }
}

/** Removes what is there if the condition holds, atomically. */
export function remove(
  _cache: Cache,
  _key: string,
  _condition: Condition,
): Promise<WriteResult | 'refused'> {
  return pending()
}

/** What is there, or the right to load it. */
export function lease(_cache: Cache, _key: string, _wish: LeaseWish): Promise<LeaseAnswer> {
  return pending()
}

/** Stores what the holder of the token loaded. */
export function fill(
  _cache: Cache,
  _key: string,
  _token: string,
  _value: unknown,
  _options: SetOptions,
): Promise<Fill> {
  return pending()
}

/** Gives the lease back. False: it was held no longer. */
export function giveUp(_cache: Cache, _key: string, _token: string): Promise<boolean> {
  return pending()
}

function pending(): Promise<never> {
  return Promise.reject(new Error('this part of the handle comes with the next change'))
}
