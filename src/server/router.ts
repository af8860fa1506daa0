import { buildTable, type TableRoute } from './build-table.js'
import { canonicalVisible, isVisible } from './canonical.js'
import { Matcher } from './matcher.js'
import { ANY_METHOD, METHODS, REFUSED_METHODS } from './methods.js'
import { ROUTE_LIMITS } from './route-limits.js'
import type { RouteTable } from './route-table.js'

export interface FoundRoute {
  readonly kind: 'route'
  /** Place of the route in the list the router was made of. */
  readonly route: number
  /** Canonical. */
  readonly path: string
  /** As sent, without the `?`. */
  readonly query: string
  /** Begin and end of each param, in the path. Good until the next call. */
  readonly ranges: readonly number[]
}

/** What becomes of a method and a target. */
export type Match =
  | FoundRoute
  | {
      /** Nothing has the path (404), or the method (405); OPTIONS answers itself (204). */
      readonly kind: 'none'
      readonly status: 204 | 404 | 405
      /** Of 204 and 405: sorted. */
      readonly allow: string
      readonly path: string
      readonly query: string
    }
  | {
      /** Not a request that anything could answer. */
      readonly kind: 'refused'
      readonly status: 400 | 405 | 414 | 501
      /** Of 405. */
      readonly allow: string
    }

const BAD_REQUEST: Match = { kind: 'refused', status: 400, allow: '' }
const TOO_LONG: Match = { kind: 'refused', status: 414, allow: '' }
const UNKNOWN_METHOD: Match = { kind: 'refused', status: 501, allow: '' }

/** Routing without anything that runs: routes are numbers here. It never changes; other routes are another router. */
export class Router {
  readonly table: RouteTable
  readonly #matcher: Matcher
  readonly #known: ReadonlySet<string>
  /** Of `OPTIONS *` and of what is never routed. */
  readonly allow: string

  constructor(routes: readonly TableRoute[]) {
    this.table = buildTable(routes)
    this.#matcher = new Matcher(this.table)
    const methods = new Set(routes.map(({ method }) => method))
    this.#known = new Set([...METHODS, ...methods].filter((method) => method !== ANY_METHOD))
    this.allow = allowOf(methods, this.#known)
  }

  /** All that are known. */
  get methods(): readonly string[] {
    return [...this.#known]
  }

  /** `target` is in origin-form, or `*`. */
  match(method: string, target: string): Match {
    if (!this.#known.has(method)) return this.#unknown(method)
    if (target.length > ROUTE_LIMITS.targetBytes) return TOO_LONG
    if (target === '*' && method === 'OPTIONS') {
      return { kind: 'none', status: 204, allow: this.allow, path: '*', query: '' }
    }
    if (!isVisible(target)) return BAD_REQUEST
    const mark = target.indexOf('?')
    const path = canonicalVisible(mark === -1 ? target : target.slice(0, mark))
    if (path === undefined) return BAD_REQUEST
    if (hasTooManySegments(path)) return TOO_LONG
    const query = mark === -1 ? '' : target.slice(mark + 1)
    const route = this.#matcher.find(method, path)
    if (route === -1) return this.#nothing(method, path, query)
    return { kind: 'route', route, path, query, ranges: this.#matcher.ranges }
  }

  /** Whether a canonical path has a route for the method. */
  has(method: string, path: string): boolean {
    return this.#matcher.find(method, path) !== -1
  }

  #nothing(method: string, path: string, query: string): Match {
    const methods = this.#matcher.methods(path)
    if (methods.size === 0) return { kind: 'none', status: 404, allow: '', path, query }
    const allow = allowOf(methods, this.#known)
    return { kind: 'none', status: method === 'OPTIONS' ? 204 : 405, allow, path, query }
  }

  #unknown(method: string): Match {
    if (!REFUSED_METHODS.has(method)) return UNKNOWN_METHOD
    return { kind: 'refused', status: 405, allow: this.allow }
  }
}

/** HEAD comes with GET; OPTIONS is answered wherever something is. */
function allowOf(methods: ReadonlySet<string>, known: ReadonlySet<string>): string {
  if (methods.has(ANY_METHOD)) return [...known].toSorted().join(', ')
  const allowed = new Set(methods).add('OPTIONS')
  if (methods.has('GET')) allowed.add('HEAD')
  return [...allowed].toSorted().join(', ')
}

function hasTooManySegments(path: string): boolean {
  if (path.length <= ROUTE_LIMITS.segments) return false
  let slashes = 0
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) slashes++
  return slashes > ROUTE_LIMITS.segments
}
