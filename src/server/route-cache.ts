import type { HttpResponse } from '../http/message.js'
import type { Context } from './context.js'
import type { RouteCacheOption } from './options.js'
import type { Route } from './route.js'

/** Runs what makes the response: the middleware below the cache, then the handler. */
export type Run = (context: Context) => HttpResponse | Promise<HttpResponse>

/**
 * Answers the routes that have a `cache` option, from what it keeps or by `run`. It stands behind the last middleware that
 * cached answers may not pass by. Fields which middleware above it sets are not in what `run` gives.
 */
export interface RouteCache {
  /** When a route is added. Throws `InvalidOptionError` for an option it does not take. */
  check(option: RouteCacheOption, route: Route): void
  /**
   * For each request of such a route. What it rejects with goes where an error of the handler goes. To make the answer again
   * when this request has its own, run with `context.detached()`; the time of the handler does not count then.
   */
  answer(route: Route, context: Context, run: Run): HttpResponse | Promise<HttpResponse>
}
