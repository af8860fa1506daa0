import { LRUCache } from 'lru-cache'
import { assertKey } from '../entry/key.js'
import { isFresh } from '../entry/freshness.js'
import { deadlinesOf } from '../entry/lifetime.js'
import { knownOptions } from '../entry/option.js'
import type { TagLimits } from '../entry/tag.js'
import { CodecError, InvalidOptionError } from '../errors.js'
import type { Space } from './engine.js'
import type { PolicyOptions } from './options.js'
import { parsePolicy, type Policy } from './policy.js'
import { handOver, needsCopies, vetFor } from './store.js'

export interface MemoOptions<Args extends readonly unknown[]> extends Pick<
  PolicyOptions,
  'ttl' | 'negativeTtl' | 'jitter' | 'tags'
> {
  /** What the result depends on. Never guessed from the arguments. */
  readonly key: (...args: Args) => string
}

interface Kept<R> {
  readonly value: R
  /** Every reader gets a copy. */
  readonly isCopied: boolean
  readonly freshUntil: number
  /** freshUntil, or 0 for what is copied: the short way is not for it. */
  readonly hitUntil: number
}

interface Memo<Args extends readonly unknown[], R> {
  readonly fn: (...args: Args) => R
  readonly key: (...args: Args) => string
  readonly lru: LRUCache<string, Kept<R>>
}

/**
 * A synchronous function whose results are kept in memory, in a store of its own with the cache's bounds. Invalidated by
 * its tags and by `clear()`. A result of undefined is not kept; one that cannot be frozen is copied at every hit. The
 * clock is read at most once a millisecond: reading it costs more than all the rest of a hit.
 */
export function memo<Args extends readonly unknown[], R>(
  space: Space,
  base: Policy,
  fn: (...args: Args) => R,
  options: MemoOptions<Args>,
): (...args: Args) => R {
  if (typeof fn !== 'function') throw new InvalidOptionError('fn', fn, 'a function')
  const { settings } = space.engine
  const policy = parseMemo(options, base, settings.limits)
  if (settings.memory === undefined || policy.ttl === 0) return fn
  const { maxEntries, maxBytes } = settings.memory
  const lru = new LRUCache<string, Kept<R>>({ max: maxEntries, maxSize: maxBytes })
  return memoized(space, policy, { fn, key: options.key, lru })
}

function memoized<Args extends readonly unknown[], R>(
  space: Space,
  policy: Policy,
  { fn, key, lru }: Memo<Args, R>,
): (...args: Args) => R {
  const { marks, engine } = space
  const { clock, settings } = engine
  // All results carry the same tags: one moment tells for all of them up to when they are known to be good.
  let checked = marks.moment
  /** The clock as of this millisecond; 0 = to be read anew. */
  let tick = 0

  /** One argument, the usual case, is passed on as it is: to spread it costs half as much as the look-up. */
  function hit(only: unknown): R {
    if (arguments.length === 1 && checked >= marks.tagMoment) {
      const kept = lru.get((key as unknown as (only: unknown) => string)(only))
      if (kept !== undefined && (tick === 0 ? now() : tick) < kept.hitUntil) return kept.value
    }
    return look(...(arguments as unknown as Args))
  }

  function now(): number {
    tick = clock.now()
    clock.after(1, () => {
      tick = 0
    })
    return tick
  }

  function look(...args: Args): R {
    const isSure = marks.isTrusted(checked) // else an invalidation may have been missed
    if (!isSure || marks.verdictOfTags(checked, policy.tags) !== 'good') lru.clear()
    checked = marks.moment
    const name = key(...args)
    const kept = lru.get(name)
    if (kept === undefined || !isFresh(kept, clock.now())) {
      return compute(name, args)
    }
    return handOver(space, kept.value, kept.isCopied) as R
  }

  function compute(name: string, args: Args): R {
    assertKey(name, settings.limits.keyBytes)
    const since = marks.moment
    const value = fn(...args)
    if (value === undefined) return value
    if (value instanceof Promise) {
      const at = { path: '', type: 'Promise' }
      throw new CodecError('memo: the function returned a promise; use get(key, load)', at)
    }
    return keep(name, value, since)
  }

  /** Nothing can have been invalidated since `since` unless `fn` itself did it. */
  function keep(name: string, value: unknown, since: number): R {
    const vetted = vetFor(space, value, policy)
    const isCopied = needsCopies(space, vetted)
    const { freshUntil } = deadlinesOf(policy, value, clock.now(), engine.random())
    if (freshUntil > clock.now() && marks.verdictOfTags(since, policy.tags) === 'good') {
      const own = handOver(space, vetted.value, isCopied) as R
      const kept = { value: own, isCopied, freshUntil, hitUntil: isCopied ? 0 : freshUntil }
      lru.set(name, kept, { size: vetted.bytes + name.length + ENTRY_BYTES })
    }
    return vetted.value as R
  }

  return hit as unknown as (...args: Args) => R
}

function parseMemo(options: object, base: Policy, limits: TagLimits): Policy {
  const said = knownOptions(options, ['key', 'ttl', 'negativeTtl', 'jitter', 'tags'])
  if (typeof said['key'] !== 'function') {
    const allowed = 'a function of the arguments that returns a string'
    throw new InvalidOptionError('key', said['key'], allowed)
  }
  return { ...parsePolicy(said, base, limits), grace: 0, tiers: 'memory' }
}

/** What an entry costs beside its key and value. */
const ENTRY_BYTES = 150
