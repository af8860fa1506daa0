import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Request } from 'express'
import type { Cache } from '../cache/cache.js'
import type { RoutePolicy, Rule } from '../http/route-policy.js'
import { type Addressed, requestOf } from './node-request.js'
import { visitNode } from './node-visit.js'
import { responsesOf } from './responses-of.js'
import { RouteRules } from './route-rules.js'
import { visibleNames, visibleTarget } from './visible.js'

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

/** Of the route that this runs in, below its routers. None in `app.use`. */
function patternOf({ route, baseUrl }: Request): string | undefined {
  const path = (route as { readonly path?: string | RegExp | readonly unknown[] } | undefined)?.path
  return path === undefined ? undefined : `${baseUrl}${path.toString()}`
}

function addressOf(req: Request): Addressed {
  const trusts = req.app.get('trust proxy fn') as (address: unknown, hop: number) => boolean
  const forwarded = req.headers['x-forwarded-host']
  const isTrusted = forwarded !== undefined && trusts(req.socket.remoteAddress, 0)
  const host = isTrusted ? String(forwarded).split(',', 1)[0]?.trim() : req.headers.host
  return { scheme: req.protocol, host, target: req.originalUrl }
}

function narrowedIn(req: Request, rule: Rule): Record<string, unknown> {
  const url = visibleTarget(rule, req.url)
  const narrowed: Record<string, unknown> = {
    url,
    originalUrl: visibleTarget(rule, req.originalUrl),
  }
  for (const name of ['cookies', 'signedCookies'] as const) {
    const cookies: unknown = req[name]
    if (typeof cookies === 'object' && cookies !== null)
      narrowed[name] = visibleNames(rule, cookies)
  }
  // Express 5 reads the query from the URL whenever it is asked for; Express 4 has put it on the request
  if (Object.hasOwn(req, 'query')) narrowed['query'] = queryOf(req, url)
  return narrowed
}

function queryOf(req: Request, url: string): unknown {
  const parse = req.app.get('query parser fn') as ((text: string) => unknown) | false | undefined
  const at = url.indexOf('?')
  return typeof parse === 'function' ? parse(at < 0 ? '' : url.slice(at + 1)) : {}
}
