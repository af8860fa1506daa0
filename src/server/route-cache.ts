import type { Rule } from '../http/route-policy.js'
import type { HttpRequest, HttpResponse, ResponseHead } from '../http/message.js'
import type { Context } from './context.js'
import type { RouteCacheOption } from './options.js'
import type { Route } from './route.js'

/** Runs what makes the response: the middleware below the cache, then the handler. */
export type Run = (context: Context) => HttpResponse | Promise<HttpResponse>

/** Answers a request from what is kept, or by `run`. What it rejects with goes where an error of the handler goes. */
export interface CacheLayer {
  (context: Context, run: Run): HttpResponse | Promise<HttpResponse>
  /** What is fresh in memory, where no more than the request is needed to know it. Undefined: it is to be asked in full. */
  readonly hit?: ((request: HttpRequest) => HttpResponse | undefined) | undefined
}

/**
 * Caches responses. A layer stands behind the last middleware that cached answers may not pass by. Fields which middleware
 * above it sets are not in what `run` gives.
 */
export interface RouteCache {
  /** For one route. Throws `InvalidOptionError` for an option it does not take. */
  layer(option: RouteCacheOption, route: Route): CacheLayer
  /** What its layer goes by: one object for one route and option. Throws as `layer` does. */
  ruleOf(option: RouteCacheOption, route: Route): Rule
  /** Invalidates what a request that is not for reading has changed. Does nothing while no layer is there. */
  invalidateAfter(request: HttpRequest, response: ResponseHead): Promise<void>
}
