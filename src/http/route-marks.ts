import type { RoutePolicy } from './route-policy.js'

/** A route that a decorator put on a method. */
export interface RouteMark {
  readonly method: string
  readonly pattern: string
}

/** What decorators noted on a method, for the server that its instance is registered with. */
export interface RouteMarks {
  readonly routes: readonly RouteMark[]
  /** How the answers of its routes are cached; undefined: not. */
  readonly cache: true | RoutePolicy<never> | undefined
}

/** A property, so that it is carried over by whoever wraps the method with all its properties. */
const MARKS = Symbol('strata.route')

const NONE: RouteMarks = Object.freeze({ routes: Object.freeze([]), cache: undefined })

export function routeMarks(method: object): RouteMarks {
  return (method as { readonly [MARKS]?: RouteMarks })[MARKS] ?? NONE
}

/** Adds to what is noted. */
export function markRoute(method: object, more: Partial<RouteMarks>): void {
  const { routes, cache } = routeMarks(method)
  const value: RouteMarks = Object.freeze({
    routes: Object.freeze([...routes, ...(more.routes ?? [])]),
    cache: more.cache ?? cache,
  })
  Object.defineProperty(method, MARKS, { value, configurable: true })
}
