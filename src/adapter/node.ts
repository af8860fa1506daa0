import type { IncomingMessage, ServerResponse } from 'node:http'
import type { TLSSocket } from 'node:tls'
import type { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'
import type { RoutePolicy } from '../http/route-policy.js'
import { requestOf } from './node-request.js'
import { visitNode } from './node-visit.js'
import { responsesOf } from './responses-of.js'
import { RouteRules } from './route-rules.js'
import { visibleTarget } from './visible.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

/** A listener of `node:http`. What its promise rejects with is for whoever called it. */
export type NodeHandler = (req: IncomingMessage, res: ServerResponse) => unknown

/**
 * A listener that keeps what another answers: as a policy says, or without one as the responses say themselves (RFC 9111).
 * Throws `InvalidOptionError`. The listener rejects with what the handler throws.
 */
export function cached(cache: Cache, handler: NodeHandler): NodeHandler
export function cached(
  cache: Cache,
  policy: RoutePolicy<IncomingMessage>,
  handler: NodeHandler,
): NodeHandler
export function cached(
  cache: Cache,
  ...rest: [NodeHandler] | [RoutePolicy<IncomingMessage>, NodeHandler]
): NodeHandler {
  const [policy, handler] = rest.length === 1 ? [undefined, rest[0]] : rest
  if (typeof handler !== 'function') {
    throw new InvalidOptionError('handler', handler, 'a function of a request and a response')
  }
  const responses = responsesOf(cache)
  const rule = new RouteRules(policy).of(undefined)
  return function strataCached(req, res): unknown {
    const scheme = (req.socket as TLSSocket).encrypted ? 'https' : 'http'
    const target = req.url ?? '/'
    return visitNode({
      responses,
      rule,
      req,
      res,
      request: requestOf(req, { scheme, host: req.headers.host, target }),
      c: req,
      run: () => handler(req, res),
      narrowed: () => ({ url: visibleTarget(rule, target) }),
    })
  }
}
