import { cachingUse, isCaching } from './caching-use.js'
import { coverage } from './prefix.js'
import type { Routes } from './routes.js'

/** A route as `app.routes()` tells of it. */
export interface RouteView {
  /** `'*'` stands for every method. */
  readonly method: string
  readonly pattern: string
  /** Where its answers are cached: not at all, before or after the middleware, or by a middleware (`cached`). */
  readonly cached: false | 'first' | 'after-middleware' | 'by-middleware'
  /** Of `'after-middleware'`: because of which one. Of `'by-middleware'`: where it stands. */
  readonly why?: string
}

export function routeViews({ registered, uses }: Routes): readonly RouteView[] {
  return registered.map(({ route, uses: count }) => {
    const { method, pattern, cache } = route
    const view = { method, pattern: pattern.text }
    const concerned = uses.slice(0, count).filter((use) => coverage(use.prefix, pattern) !== 'none')
    if (cache === undefined) {
      const use = cachingUse(route, concerned)
      if (use === undefined) return { ...view, cached: false }
      return { ...view, cached: 'by-middleware', why: `cached() of ${use.path}` }
    }
    const unsafe = concerned.findLast((use) => !use.cacheSafe && !isCaching(use))
    if (unsafe === undefined) return { ...view, cached: 'first' }
    const name = unsafe.middleware.name === '' ? 'a middleware' : unsafe.middleware.name
    return {
      ...view,
      cached: 'after-middleware',
      why: `${name} of ${unsafe.path} is not marked cacheSafe`,
    }
  })
}
