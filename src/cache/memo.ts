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

/** A result that every reader gets a copy of. */
class Copied {
  readonly value: unknown

  constructor(value: unknown) {
    this.value = value
  }
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
  const lru = new LRUCache<string, Storable>({
    max: memory.maxEntries,
    maxSize: memory.maxBytes,
    perf: clock,
  })
  // All results carry the same tags: one moment tells for all of them up to when they are known to be good.
  let checked = marks.moment
  let hasCopied = false

  // Only ever spread, `args` is never made into an array on this path.
  return function memoized(...args: Args): R {
    const kept = lru.get(key(...args))
    if (kept === undefined || hasCopied || checked < marks.tagMoment) return look(...args)
    return (kept === NULL ? null : kept) as R
  }

  function look(...args: Args): R {
    if (marks.verdictOfTags(checked, policy.tags) !== 'good') lru.clear()
    checked = marks.moment
    const name = key(...args)
    const kept = lru.get(name)
    if (kept === undefined) return compute(name, args)
    if (kept instanceof Copied) return handOver(space, kept.value, true) as R
    return (kept === NULL ? null : kept) as R
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
    const { freshUntil } = deadlinesOf(policy, value, clock.now(), random())
    const ttl = freshUntil - clock.now()
    if (ttl > 0 && marks.verdictOfTags(since, policy.tags) === 'good') {
      hasCopied ||= isCopied
      const kept = isCopied ? new Copied(handOver(space, vetted.value, true)) : vetted.value
      lru.set(name, kept ?? NULL, {
        ttl,
        size: vetted.bytes + name.length + ENTRY_BYTES,
      })
    }
    return vetted.value as R
  }
}

type Storable = string | number | bigint | boolean | object

/** lru-cache takes no null. */
const NULL: object = Object.freeze({})

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
