import { assertKey } from '../entry/key.js'
import { deadlinesOf } from '../entry/lifetime.js'
import { knownOptions } from '../entry/option.js'
import { CodecError, InvalidOptionError } from '../errors.js'
import { MemoryStore, MemoryTier } from '../tier/memory-tier.js'
import type { Space } from './engine.js'
import type { PolicyOptions } from './options.js'
import { parsePolicy, type Policy } from './settings.js'
import { handOver, needsCopies, vetFor } from './store.js'

export interface MemoOptions<Args extends readonly unknown[]> extends Pick<
  PolicyOptions,
  'ttl' | 'negativeTtl' | 'jitter' | 'tags'
> {
  /** What the result depends on. Never guessed from the arguments. */
  readonly key: (...args: Args) => string
}

/**
 * A synchronous function whose results are kept in memory, in a store of its own with the cache's bounds. Invalidated by
 * its tags and by `clear()`. A result of undefined is not kept; one that cannot be frozen is copied at every hit.
 */
export function memo<Args extends readonly unknown[], R>(
  space: Space,
  base: Policy,
  fn: (...args: Args) => R,
  options: MemoOptions<Args>,
): (...args: Args) => R {
  if (typeof fn !== 'function') throw new InvalidOptionError('fn', fn, 'a function')
  const said = knownOptions(options, ['key', 'ttl', 'negativeTtl', 'jitter', 'tags'])
  const { key } = options
  if (typeof key !== 'function') {
    throw new InvalidOptionError('key', key, 'a function of the arguments that returns a string')
  }
  const { settings, clock, random } = space.engine
  const policy: Policy = { ...parsePolicy(said, base, settings.limits), grace: 0, tiers: 'memory' }
  if (settings.memory === undefined) return fn
  const tier = new MemoryTier(new MemoryStore(settings.memory), undefined, space.marks, clock)

  return function memoized(...args: Args): R {
    const name = key(...args)
    const held = tier.hit(name)
    if (held !== undefined) return handOver(space, held.value, held.mutable) as R
    return compute(name, args)
  }

  function compute(name: string, args: Args): R {
    assertKey(name, settings.limits.keyBytes)
    const since = space.marks.moment
    const value = fn(...args)
    return value === undefined ? value : (keep(name, value, since) as R)
  }

  function keep(name: string, value: unknown, since: number): unknown {
    if (value instanceof Promise) {
      throw new CodecError('memo: the function returned a promise; use get(key, load)', {
        path: '',
        type: 'Promise',
      })
    }
    const vetted = vetFor(space, value, policy)
    const mutable = needsCopies(space, vetted)
    const deadlines = deadlinesOf(policy, value, clock.now(), random())
    const entry = { value: handOver(space, vetted.value, mutable), ...deadlines, loadTime: 0 }
    tier.keep(
      name,
      { ...entry, tags: policy.tags, id: '' },
      { since, hitUntil: deadlines.freshUntil, mutable, size: vetted.bytes },
    )
    return vetted.value
  }
}
