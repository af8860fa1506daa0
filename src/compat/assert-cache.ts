import type { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'

/** By what is used of it: the class itself is not loaded here. Throws `InvalidOptionError`. */
export function assertCache(value: unknown): asserts value is Cache {
  const said = value as Partial<Cache> | null | undefined
  if (typeof said?.namespace === 'function' && typeof said.getMany === 'function') return
  throw new InvalidOptionError('cache', value, 'a cache made by createCache')
}
