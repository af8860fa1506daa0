import type { Cache } from '../cache/cache.js'
import { explainRequest } from '../http/explain-request.js'
import type { Server } from '../server/server.js'
import type { Explainer } from './explain-routes.js'
import { RESPONSES } from './spaces.js'

/** Of a service that is a proxy. `cache`: the root of the service. */
export function explainerOf(data: Server, cache: Cache): Explainer {
  return async (request) => {
    const rule = data.ruleFor(request.method, request.target)
    if (rule === undefined) {
      const says = `${request.method} ${request.target} is not forwarded: it is no request that could be`
      return [{ step: 'request', says }]
    }
    return explainRequest(cache.namespace(RESPONSES), rule, request)
  }
}
