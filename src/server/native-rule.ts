import type { Rule } from '../http/route-policy.js'
import { cachingUse, isCaching } from './caching-use.js'
import { cacheOptionOf } from './cached.js'
import { isForeign } from './fetch-app.js'
import type { Use } from './middleware.js'
import type { Handler } from './options.js'
import { coverage } from './prefix.js'
import type { RouteCache } from './route-cache.js'
import type { Route } from './route.js'

/** What Rust needs to know of how a route is cached: to find its answers, and to leave to JavaScript what has to be judged. */
export interface NativeRule {
  /** Stands in Rust's keys: the same for the same rule. */
  readonly id: number
  /** What a client says of caching does not count. */
  readonly policy: boolean
  /** Null: the whole query, as it is. */
  readonly query: readonly string[] | null
  readonly headers: readonly string[]
  readonly cookies: readonly string[] | null
  /** A request with cookies is not answered. */
  readonly cookieBypasses: boolean
  /** Under which a proxy names itself in Via; what has passed it before is for JavaScript to refuse. */
  readonly via: string | null
}

/** How a route is answered natively, or why it is not. */
export type NativeUse =
  | { readonly rule: NativeRule; readonly why?: undefined }
  | { readonly rule?: undefined; readonly why: string }

/** A rule with what was said of its being native: true, false, or nothing. */
export interface SaidRule {
  readonly rule: Rule
  readonly native: boolean | undefined
  /** Of a proxy: its name in Via. */
  readonly via?: string | undefined
}

export interface NativeUseParts {
  readonly routeCache: RouteCache
  /** Of a handler that passes requests on to a server behind this one, through the cache. */
  readonly proxiedRule: (handler: Handler) => SaidRule | undefined
  /** Whether the cache keeps anything in memory. */
  readonly hasMemory: boolean
}

/** Of a route, behind the middleware that was there before it. */
export function nativeUseOf(route: Route, uses: readonly Use[], parts: NativeUseParts): NativeUse {
  const there = uses.filter((use) => coverage(use.prefix, route.pattern) !== 'none')
  const said = saidOf(route, there, parts)
  if (said === undefined) return { why: 'its answers are not cached' }
  const why = obstacleTo(route, there, said, parts.hasMemory)
  if (why !== undefined) return { why }
  const isUnwatched = isForeign(route.handler) || parts.proxiedRule(route.handler) !== undefined
  return { rule: nativeRule(said, isUnwatched) }
}

/** Whether the route has to be answered natively, or is an error. */
export function isNativeWanted(route: Route, { proxiedRule }: NativeUseParts): boolean {
  return (nativeOf(route) ?? proxiedRule(route.handler)?.native) === true
}

function saidOf(
  route: Route,
  there: readonly Use[],
  { routeCache, proxiedRule }: NativeUseParts,
): SaidRule | undefined {
  const use = cachingUse(route, there)
  const option = route.cache ?? (use && cacheOptionOf(use.middleware))
  if (option === undefined) return proxiedRule(route.handler)
  return { rule: routeCache.ruleOf(option, route), native: nativeOf(route) }
}

function nativeOf({ cache }: Route): boolean | undefined {
  return typeof cache === 'object' ? cache.native : undefined
}

function obstacleTo(
  route: Route,
  there: readonly Use[],
  { rule, native }: SaidRule,
  hasMemory: boolean,
): string | undefined {
  if (native === false) return 'native is false'
  if (!hasMemory) return 'the cache has no memory (memory: false)'
  const above = aboveCache(route, there)
  if (above !== undefined) {
    const { name } = above.middleware
    return `${name === '' || isCaching(above) ? 'a middleware' : name} of ${above.path} comes before the cache`
  }
  if (rule.key.user !== undefined) return 'key.user is for JavaScript to find out'
  return undefined
}

/** A middleware that has its say before the cache has, or decides for some paths of the route that there is one. */
function aboveCache(route: Route, there: readonly Use[]): Use | undefined {
  const others = there.filter((use) => !isCaching(use))
  if (route.cache !== undefined) return others.findLast((use) => !use.cacheSafe)
  const caching = cachingUse(route, there)
  // behind a proxy's handler is its cache, and in front of it every middleware
  if (caching === undefined) return others.at(-1)
  if (coverage(caching.prefix, route.pattern) !== 'all') return caching
  return others.findLast((use) => there.indexOf(use) < there.indexOf(caching))
}

const IDS = new WeakMap<Rule, number>()
let lastId = 0

function idOf(rule: Rule): number {
  const known = IDS.get(rule)
  if (known !== undefined) return known
  IDS.set(rule, ++lastId)
  return lastId
}

/** `isUnwatched`: nobody sees what the handler reads of a request, so what a policy does not mention must not be there. */
function nativeRule({ rule, via }: SaidRule, isUnwatched: boolean): NativeRule {
  const { policy, key } = rule
  const { query = null, headers, cookies = null } = key
  return {
    id: idOf(rule),
    policy: policy !== undefined,
    query,
    headers: headers.map(([name]) => name),
    cookies,
    cookieBypasses: isUnwatched && policy !== undefined && cookies === null,
    via: via ?? null,
  }
}
