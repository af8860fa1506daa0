import { currentAge } from './age.js'
import type { Directives } from './directives.js'
import type { Lifetime } from './storable.js'

export interface StoredTimes {
  readonly lifetime: Lifetime
  /** When the response had come, or was validated; wall-clock milliseconds. */
  readonly storedAt: number
}

/** What may be done with a stored response. Ages are milliseconds. */
export type Use =
  /** Served as it is: fresh, or as stale as the client said it would take (max-stale). */
  | { readonly use: 'fresh'; readonly age: number }
  /** Served as it is, and revalidated meanwhile. */
  | { readonly use: 'stale-while-revalidate'; readonly age: number }
  /** Not served unless the origin says it is still good. */
  | {
      readonly use: 'validate'
      readonly age: number
      /** Still served if the origin answers with an error, or not at all (RFC 5861 section 4). */
      readonly onError: boolean
      /** Still served if the origin cannot be reached: a cache that is disconnected may (RFC 9111 section 4.2.4). */
      readonly offline: boolean
    }

/**
 * RFC 9111 section 4: whether a stored response answers a request now, as far as time decides. `directives` are those of the
 * request (`NO_DIRECTIVES`: ignore them); only-if-cached is left to the caller. `now` is wall-clock milliseconds.
 */
export function useOf(directives: Directives, stored: StoredTimes, now: number): Use {
  const { lifetime } = stored
  const age = currentAge(lifetime.initialAge, stored.storedAt, now)
  const staleness = age - lifetime.freshFor
  if (!mustValidate(directives, lifetime, age)) {
    if (staleness < 0) return { use: 'fresh', age }
    if (staleness <= toleranceOf(directives, lifetime)) return { use: 'fresh', age }
    if (staleness < windowOf(directives, lifetime)) return { use: 'stale-while-revalidate', age }
  }
  return { use: 'validate', age, ...fallbacksOf(directives, lifetime, staleness) }
}

/** What neither freshness nor tolerance helps against. */
function mustValidate(directives: Directives, lifetime: Lifetime, age: number): boolean {
  // RFC 9111 sections 5.2.2.4 (of the response) and 5.2.1.4 (of the request).
  if (lifetime.noCache || directives.noCache !== false) return true
  if (isOlderThan(directives.maxAge, age)) return true
  // RFC 9111 section 5.2.1.3.
  return directives.minFresh !== undefined && lifetime.freshFor < age + directives.minFresh * 1_000
}

/** RFC 9111 section 5.2.1.1; max-stale widens freshness, not this. Zero is how clients ask for validation. */
function isOlderThan(maxAge: number | undefined, age: number): boolean {
  return maxAge !== undefined && (maxAge === 0 || age > maxAge * 1_000)
}

/** Milliseconds of staleness that the client takes (RFC 9111 section 5.2.1.2), if the origin does not forbid it (4.2.4). */
function toleranceOf({ maxStale }: Directives, { mustRevalidate }: Lifetime): number {
  return mustRevalidate || maxStale === undefined ? -1 : maxStale * 1_000
}

/**
 * RFC 5861 section 3. A client that limits age or staleness in any way does not wish to be given more (RFC 9111 section
 * 5.2.1.1).
 */
function windowOf(directives: Directives, lifetime: Lifetime): number {
  const { maxAge, minFresh, maxStale } = directives
  const limited = maxAge !== undefined || minFresh !== undefined || maxStale !== undefined
  return limited ? 0 : lifetime.staleWhileRevalidate
}

/**
 * RFC 5861 section 4: stale-if-error counts from either side, and regardless of what else a request says about freshness. But
 * no-cache and must-revalidate mean a successful validation or nothing (RFC 9111 sections 5.2.2.2 and 5.2.2.4).
 */
function fallbacksOf(
  directives: Directives,
  lifetime: Lifetime,
  staleness: number,
): { readonly onError: boolean; readonly offline: boolean } {
  if (lifetime.noCache) return { onError: false, offline: false }
  const forbidden = lifetime.mustRevalidate && staleness >= 0
  const requested = forbidden ? 0 : (directives.staleIfError ?? 0) * 1_000
  return { onError: staleness < Math.max(lifetime.staleIfError, requested), offline: !forbidden }
}
