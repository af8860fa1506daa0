import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request } from 'express'
import type { Cache } from '../cache/cache.js'
import type { RoutePolicy } from '../http/route-policy.js'
import { addressOf, narrowedIn, patternOf } from './express-request.js'
import { requestOf } from './node-request.js'
import { visitNode } from './node-visit.js'
import { responsesOf } from './responses-of.js'
import { RouteRules } from './route-rules.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

/** Middleware of Express 4 and 5. */
export type CachedHandler = (
  req: IncomingMessage,
  res: ServerResponse,
  next: (error?: unknown) => void,
) => void

/**
 * Keeps what the handlers after it answer. With a policy: as the policy says (a route's own middleware, after whatever
 * decides who may ask). Without one: as the responses say themselves (RFC 9111). Throws `InvalidOptionError`.
 */
export function cached(cache: Cache, policy?: RoutePolicy<Request>): CachedHandler {
  const responses = responsesOf(cache)
  const rules = new RouteRules(policy)
  return function strataCached(incoming, res, next): void {
    const req = incoming as Request
    const visited = visitNode({
      responses,
      rule: rules.of(patternOf(req)),
      req,
      res,
      request: requestOf(req, addressOf(req)),
      c: req,
      run: () => next(),
      narrowed: (rule) => narrowedIn(req, rule),
    })
    visited?.then(undefined, next)
  }
}
