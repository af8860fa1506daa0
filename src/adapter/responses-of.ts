import { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'
import { ResponseCache } from '../http/response-cache.js'

const all = new WeakMap<Cache, ResponseCache>()

/** One response cache per cache: all its routes share limits, and what is known of URLs that are not stored. */
export function responsesOf(cache: Cache): ResponseCache {
  const known = all.get(cache)
  if (known !== undefined) return known
  if (!(cache instanceof Cache)) {
    throw new InvalidOptionError('cache', cache, 'a cache made by createCache')
  }
  const made = new ResponseCache(cache)
  all.set(cache, made)
  return made
}
