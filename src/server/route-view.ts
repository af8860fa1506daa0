import { coverage } from './prefix.js'
import type { Routes } from './routes.js'

/** A route as `app.routes()` tells of it. */
export interface RouteView {
  /** `'*'` stands for every method. */
  readonly method: string
  readonly pattern: string
  /** Where its answers are cached: not at all, before or after the middleware. */
  readonly cached: false | 'first' | 'after-middleware'
  /** Of `'after-middleware'`: because of which one. */
  readonly why?: string
}

export function routeViews(routes: Routes): readonly RouteView[] {
  return routes.registered.map(({ route, uses }) => {
    const { method } = route
    const pattern = route.pattern.text
    if (route.cache === undefined) return { method, pattern, cached: false }
    const unsafe = routes.uses
      .slice(0, uses)
      .findLast((use) => !use.cacheSafe && coverage(use.prefix, route.pattern) !== 'none')
    if (unsafe === undefined) return { method, pattern, cached: 'first' }
    const name = unsafe.middleware.name === '' ? 'a middleware' : unsafe.middleware.name
    const why = `${name} of ${unsafe.path} is not marked cacheSafe`
    return { method, pattern, cached: 'after-middleware', why }
  })
}
