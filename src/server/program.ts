import { chainOf, fallbackChain, type Step } from './chain.js'
import type { Use } from './middleware.js'
import type { NativeUse } from './native-rule.js'
import type { Handler } from './options.js'
import { Router } from './router.js'
import type { RouteCache } from './route-cache.js'
import type { Routes } from './routes.js'
import type { Route } from './route.js'

/** A route, ready to run. */
export interface Runnable {
  readonly route: Route
  /** For people. */
  readonly name: string
  readonly step: Step
  /** How the listener in Rust answers it by itself, or why it does not. */
  readonly native: NativeUse
}

/** All routes of a server at one moment. It never changes: other routes are another program, put in its place at once. */
export interface Program {
  /** Of one server, each has another. */
  readonly version: number
  readonly router: Router
  /** By the numbers of the router. */
  readonly routes: readonly Runnable[]
  /** For a path or method without a route. */
  readonly fallback: Step
}

export interface ProgramParts {
  readonly version: number
  readonly cache: RouteCache
  readonly nativeOf: (route: Route, uses: readonly Use[]) => NativeUse
}

export function programOf(
  source: Routes,
  fallback: Handler,
  { version, cache, nativeOf }: ProgramParts,
): Program {
  const { registered, uses } = source
  return {
    version,
    router: new Router(registered.map(({ route }) => route)),
    routes: registered.map(({ route, uses: count }) => ({
      route,
      name: `${route.method} ${route.pattern.text}`,
      step: chainOf(route, count === uses.length ? uses : uses.slice(0, count), cache),
      native: nativeOf(route, uses.slice(0, count)),
    })),
    fallback: fallbackChain(uses, fallback),
  }
}
