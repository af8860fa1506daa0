import { type Duration, LONGEST } from '../entry/duration.js'

/**
 * A ttl as Keyv and cache-manager mean it, as the cache takes it. To them none, and 0, is "for ever": here the ttl of the cache,
 * which keeps nothing for ever. Below 0 has ended already: 0 is given back, and nothing is to be kept. Over a year is a year.
 */
export function lifetimeOf(ttl: Duration | null | undefined): Duration | undefined {
  if (typeof ttl !== 'number') return ttl ?? undefined
  if (ttl === 0) return undefined
  return ttl < 0 ? 0 : Math.min(ttl, LONGEST)
}
