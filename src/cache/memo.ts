import { LRUCache } from 'lru-cache'
import { assertKey } from '../entry/key.js'
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
  readonly mutable: boolean
  /** The moment on the namespace's marks up to which it is known to be good. */
  checked: number
}

/**
 * A synchronous function whose results are kept in memory, in a store of its own with the cache's bounds. Invalidated by
 * its tags and by `clear()`. A result of undefined is not kept; one that cannot be frozen is copied at every hit. The ttl
 * is lru-cache's: looked at once a millisecond, which is what makes a hit cost little more than a bare `lru.get`.
 */
export function memo<Args extends readonly unknown[], R>(
  space: Space,
  base: Policy,
  fn: (...args: Args) => R,
  options: MemoOptions<Args>,
): (...args: Args) => R {
  if (typeof fn !== 'function') throw new InvalidOptionError('fn', fn, 'a function')
  const { marks, engine } = space
  const { settings, clock, random } = engine
  const policy = parseMemo(options, base, settings.limits)
  const { key } = options
  const { memory } = settings
  if (memory === undefined || policy.ttl === 0) return fn
  const lru = new LRUCache<string, Kept<R>>({
    max: memory.maxEntries,
    maxSize: memory.maxBytes,
    perf: clock,
  })

  // Only ever spread, `args` is never made into an array on this path.
  return function memoized(...args: Args): R {
    const kept = lru.get(key(...args))
    if (kept === undefined || kept.mutable || kept.checked < marks.tagMoment) return look(...args)
    return kept.value
  }

  function look(...args: Args): R {
    const name = key(...args)
    const kept = lru.get(name)
    if (kept === undefined || !isGood(kept)) return compute(name, args)
    return handOver(space, kept.value, kept.mutable) as R
  }

  function isGood(kept: Kept<R>): boolean {
    if (marks.verdictOfTags(kept.checked, policy.tags) !== 'good') return false
    kept.checked = marks.tagMoment
    return true
  }

  function compute(name: string, args: Args): R {
    assertKey(name, settings.limits.keyBytes)
    const checked = marks.moment
    const value = fn(...args)
    if (value === undefined) return value
    if (value instanceof Promise) {
      const at = { path: '', type: 'Promise' }
      throw new CodecError('memo: the function returned a promise; use get(key, load)', at)
    }
    const vetted = vetFor(space, value, policy)
    const mutable = needsCopies(space, vetted)
    const { freshUntil } = deadlinesOf(policy, value, clock.now(), random())
    const ttl = freshUntil - clock.now()
    const kept = { value: handOver(space, vetted.value, mutable) as R, mutable, checked }
    if (ttl > 0) lru.set(name, kept, { ttl, size: vetted.bytes + name.length + ENTRY_BYTES })
    return vetted.value as R
  }
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
