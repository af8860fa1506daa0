import type { Cache } from '../cache/cache.js'
import { type Fields, hasField } from '../http/fields.js'
import type { HttpRequest, HttpResponse, ResponseHead } from '../http/message.js'
import { ResponseCache } from '../http/response-cache.js'
import { httpRule, parseRoutePolicy, type Rule } from '../http/route-policy.js'
import type { RuleFault } from '../http/rule-functions.js'
import { isSafe } from '../http/unsafe.js'
import { canonicalPath } from './canonical.js'
import { InvalidOptionError } from '../errors.js'
import type { Recorder } from '../http/dependencies.js'
import type { Context } from './context.js'
import { isReading } from './methods.js'
import { isForeign } from './fetch-app.js'
import { splitNative } from './native-option.js'
import type { RouteCacheOption } from './options.js'
import type { CacheLayer, RouteCache, Run } from './route-cache.js'
import type { Route } from './route.js'
import { type CachedRoute, RouteVisit } from './route-visit.js'

export interface CachedRoutesParts {
  readonly cacheOf: () => Cache
  /** Said once per pattern and input: why its answers are not kept. */
  readonly warn: (pattern: string, input: string) => void
  /** Told of functions of policies that failed. */
  readonly onRuleFault: (fault: RuleFault) => void
}

/** The routes of a server whose answers are kept: in its cache, by their policies or by what they say of themselves. */
export class CachedRoutes implements RouteCache {
  readonly #parts: CachedRoutesParts
  /** Routes are made ready again whenever one is added; their rules stay the same. */
  readonly #rules = new WeakMap<Route, Map<RouteCacheOption, Rule>>()
  #kept: ResponseCache | undefined
  #isUsed = false

  constructor(parts: CachedRoutesParts) {
    this.#parts = parts
  }

  layer(option: RouteCacheOption, registered: Route): CacheLayer {
    const { handler } = registered
    const rule = this.ruleOf(option, registered)
    const { cacheOf, warn } = this.#parts
    const record = (): Recorder => this.#responses.record()
    const route: CachedRoute = { rule, isUnwatched: isForeign(handler), cacheOf, record, warn }
    this.#isUsed = true
    const answer: CacheLayer = (context, run) => this.#answer(route, context, run)
    // what an app of another kind makes of its request is looked at first, and a user is asked for by his context
    if (route.isUnwatched || rule.key.user !== undefined) return answer
    return Object.assign(answer, {
      hit: (request: HttpRequest) => this.#responses.hit(request, rule),
    })
  }

  ruleOf(option: RouteCacheOption, route: Route): Rule {
    const rules = this.#rules.get(route) ?? new Map<RouteCacheOption, Rule>()
    const known = rules.get(option)
    if (known !== undefined) return known
    const rule = parsedRule(option, route)
    this.#rules.set(route, rules.set(option, rule))
    return rule
  }

  async invalidateAfter(request: HttpRequest, response: ResponseHead): Promise<void> {
    if (!this.#isUsed || isSafe(request.method)) return
    const [path = '', query] = request.target.split('?', 2)
    const canonical = canonicalPath(path)
    if (canonical === undefined) return
    const target = query === undefined ? canonical : `${canonical}?${query}`
    const { method, scheme, authority, fields } = request
    await this.#responses.invalidateAfter({ method, scheme, authority, target, fields }, response)
  }

  get #responses(): ResponseCache {
    const { cacheOf, onRuleFault } = this.#parts
    return (this.#kept ??= new ResponseCache(cacheOf(), { onRuleFault }))
  }

  #answer(route: CachedRoute, context: Context, run: Run): HttpResponse | Promise<HttpResponse> {
    // what an app of another kind makes of them is not seen here; it is asked as if there were no cache
    if (route.isUnwatched && isPersonal(route.rule, context.req.incoming.fields)) {
      return run(context.below(context.req))
    }
    return this.#responses.answer(new RouteVisit(route, context, run))
  }
}

function parsedRule(option: RouteCacheOption, { method, pattern }: Route): Rule {
  if (!isReading(method)) {
    const allowed = `nothing: a ${method} is not answered from a cache`
    throw new InvalidOptionError('cache', option, allowed)
  }
  if (option === true) return httpRule(pattern.text)
  return parseRoutePolicy(splitNative(option, 'cache').policy, pattern.text)
}

/** Whether a request under a policy says who asks, in a field that the policy has no word about. */
function isPersonal({ policy, key, authorization }: Rule, fields: Fields): boolean {
  if (policy === undefined) return false
  if (authorization === 'bypass' && hasField(fields, 'authorization')) return true
  return key.cookies === undefined && hasField(fields, 'cookie')
}
