import { cacheOptionOf } from './cached.js'
import { isReading } from './methods.js'
import type { Use } from './middleware.js'
import type { Route } from './route.js'

export function isCaching({ middleware }: Use): boolean {
  return cacheOptionOf(middleware) !== undefined
}

/** The `cached()` that keeps a route's answers: the innermost, for an answer is kept once; none if the route says how itself. */
export function cachingUse({ method, cache }: Route, uses: readonly Use[]): Use | undefined {
  return cache === undefined && isReading(method) ? uses.findLast(isCaching) : undefined
}
