import type { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'
import { placeOf } from './place.js'

/** Where a decorated method finds its cache. By default: the property `cache` of its instance. */
export type CacheSource<This> = Cache | ((instance: This) => Cache)

export function parseSource(source: unknown): CacheSource<unknown> | undefined {
  if (source === undefined || typeof source === 'function' || isCache(source)) {
    return source as CacheSource<unknown> | undefined
  }
  throw new InvalidOptionError('cache', source, 'a Cache, or a function of the instance')
}

/** The cache for a call on `self`. Throws `InvalidOptionError` that names the method. */
export function cacheFor(
  source: CacheSource<unknown> | undefined,
  self: unknown,
  method: string | symbol,
): Cache {
  if (source !== undefined && typeof source !== 'function') return source
  const found =
    source === undefined
      ? (self as { readonly cache?: unknown } | null | undefined)?.cache
      : source(self)
  if (isCache(found)) return found
  const from =
    source === undefined
      ? 'the property cache of the instance it is called on, or from the option cache'
      : 'the function given as the option cache'
  throw new InvalidOptionError(
    'cache',
    found,
    `a Cache: ${placeOf(self, method)} has it from ${from}`,
  )
}

/** By its shape: a program may hold the package twice. */
function isCache(value: unknown): value is Cache {
  const said = value as Partial<Cache> | null | undefined
  return typeof said === 'object' && typeof said?.define === 'function'
}
