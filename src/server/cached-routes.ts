import type { Cache } from '../cache/cache.js'
import { type Fields, hasField } from '../http/fields.js'
import type { Visit } from '../http/exchange.js'
import type { HttpRequest, HttpResponse, ResponseHead } from '../http/message.js'
import { ResponseCache } from '../http/response-cache.js'
import { httpRule, parseRoutePolicy, type Rule } from '../http/route-policy.js'
import { seenFields, seenTarget } from '../http/seen-request.js'
import { isSafe } from '../http/unsafe.js'
import { canonicalPath } from './canonical.js'
import type { Context } from './context.js'
import { isForeign } from './fetch-app.js'
import { Inputs } from './inputs.js'
import type { RouteCacheOption } from './options.js'
import type { CacheLayer, RouteCache, Run } from './route-cache.js'
import type { Route } from './route.js'
import { requestWithoutBody } from './whatwg-request.js'

export interface CachedRoutesParts {
  readonly cacheOf: () => Cache
  /** Said once per pattern and input: why its answers are not kept. */
  readonly warn: (pattern: string, input: string) => void
}

/** The routes of a server whose answers are kept: in its cache, by their policies or by what they say of themselves. */
export class CachedRoutes implements RouteCache {
  readonly #parts: CachedRoutesParts
  #kept: ResponseCache | undefined
  #isUsed = false

  constructor(parts: CachedRoutesParts) {
    this.#parts = parts
  }

  layer(option: RouteCacheOption, { pattern, handler }: Route): CacheLayer {
    const { text } = pattern
    const rule = option === true ? httpRule(text) : parseRoutePolicy(option, text)
    const isUnwatched = isForeign(handler)
    this.#isUsed = true
    return (context, run) => this.#answer({ rule, isUnwatched, context, run })
  }

  async invalidateAfter(request: HttpRequest, response: ResponseHead): Promise<void> {
    if (!this.#isUsed || isSafe(request.method)) return
    const [path = '', query] = request.target.split('?', 2)
    const canonical = canonicalPath(path)
    if (canonical === undefined) return
    const target = query === undefined ? canonical : `${canonical}?${query}`
    await this.#responses.invalidateAfter({ ...request, target }, response)
  }

  get #responses(): ResponseCache {
    return (this.#kept ??= new ResponseCache(this.#parts.cacheOf()))
  }

  #answer(asked: Asked): HttpResponse | Promise<HttpResponse> {
    const { rule, isUnwatched, context, run } = asked
    const request = requestOf(context)
    // what an app of another kind makes of them is not seen here; it is asked as if there were no cache
    if (isUnwatched && isPersonal(rule, request.fields)) {
      return run(context.below(context.req))
    }
    const inputs = new Inputs(rule)
    const visit: Visit = {
      request,
      rule,
      c: context,
      signal: context.req.signal,
      isAlone: context.req.incoming.length !== 0,
      origin: (wanted, signal) => runAs(asked, inputs, wanted, signal),
      unshareable: (response) =>
        response === undefined
          ? ownError(asked, inputs)
          : this.#unkeyed(rule, inputs.unkeyedIn(response)),
    }
    return this.#responses.answer(visit)
  }

  #unkeyed(rule: Rule, input: string | undefined): string | undefined {
    if (input === undefined) return undefined
    this.#parts.warn(rule.route ?? '', input)
    return 'unkeyed-input'
  }
}

interface Asked {
  readonly rule: Rule
  /** The handler's reading of the request cannot be watched. */
  readonly isUnwatched: boolean
  readonly context: Context
  readonly run: Run
}

/** An app that sees all of the request and is not watched may have failed for any of it. */
function ownError({ rule, isUnwatched }: Asked, inputs: Inputs): string | undefined {
  const isOwn = inputs.isErrorOwn || (isUnwatched && rule.policy === undefined)
  return isOwn ? 'error' : undefined
}

/** Runs the handler with the request as it may be seen. */
function runAs(
  { rule, isUnwatched, context, run }: Asked,
  { witness }: Inputs,
  wanted: HttpRequest,
  signal: AbortSignal | undefined,
): HttpResponse | Promise<HttpResponse> {
  const hasPolicy = rule.policy !== undefined
  // under a policy the answer to a HEAD is made as that to a GET
  const method = hasPolicy ? 'GET' : wanted.method
  const fields = seenFields(rule, wanted, isUnwatched)
  const target = isUnwatched && hasPolicy ? seenTarget(rule, wanted.target) : wanted.target
  const seen: HttpRequest = { ...wanted, method, fields, target }
  const request = isUnwatched
    ? () => requestWithoutBody(seen, signal ?? context.req.signal)
    : undefined
  return run(context.below(context.req.seenAs({ method, fields, signal, witness, request })))
}

function requestOf({ req }: Context): HttpRequest {
  const { method, scheme, authority, fields } = req.incoming
  const target = req.rawQuery === '' ? req.path : `${req.path}?${req.rawQuery}`
  return { method, scheme, authority, target, fields }
}

/** Whether a request under a policy says who asks, in a field that the policy has no word about. */
function isPersonal({ policy, key, authorization }: Rule, fields: Fields): boolean {
  if (policy === undefined) return false
  if (authorization === 'bypass' && hasField(fields, 'authorization')) return true
  return key.cookies === undefined && hasField(fields, 'cookie')
}
