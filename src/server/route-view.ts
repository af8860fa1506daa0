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
  const { registered, uses } = routes
  return registered.map(({ route, uses: count }) => {
    const { method, pattern, cache } = route
    const view = { method, pattern: pattern.text }
    if (cache === undefined) return { ...view, cached: false }
    const unsafe = uses
      .slice(0, count)
      .findLast((use) => !use.cacheSafe && coverage(use.prefix, pattern) !== 'none')
    if (unsafe === undefined) return { ...view, cached: 'first' }
    const name = unsafe.middleware.name === '' ? 'a middleware' : unsafe.middleware.name
    return {
      ...view,
      cached: 'after-middleware',
      why: `${name} of ${unsafe.path} is not marked cacheSafe`,
    }
  })
}
