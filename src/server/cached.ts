import { parseRoutePolicy, type RoutePolicy } from '../http/route-policy.js'
import type { Context } from './context.js'
import type { Middleware, RouteCacheOption } from './options.js'

const OPTIONS = new WeakMap<Middleware, RouteCacheOption>()

/**
 * Middleware that caches the answers of the routes below it which have no `cache` option of their own: by a policy, or without
 * one by what they say of themselves. What stands above it runs for every request. Throws `InvalidOptionError`.
 */
export function cached(policy?: RoutePolicy<Context>): Middleware {
  if (policy !== undefined) parseRoutePolicy(policy, undefined, 'cached')
  // where there is no route there is nothing to cache
  const middleware: Middleware = (_, next) => next()
  OPTIONS.set(middleware, policy ?? true)
  return middleware
}

/** Undefined: another middleware. */
export function cacheOptionOf(middleware: Middleware): RouteCacheOption | undefined {
  return OPTIONS.get(middleware)
}
