import { cachingUse, isCaching } from './caching-use.js'
import type { Use } from './middleware.js'
import type { NativeUse } from './native-rule.js'
import { coverage } from './prefix.js'
import type { Route } from './route.js'
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
  /** Whether the listener in Rust answers from the cache by itself, where it runs. */
  readonly native: boolean
  /** Why not. */
  readonly notNative?: string
}

export function routeViews(
  { registered, uses }: Routes,
  nativeOf: (route: Route, uses: readonly Use[]) => NativeUse,
): readonly RouteView[] {
  return registered.map(({ route, uses: count }) => {
    const before = uses.slice(0, count)
    const { why } = nativeOf(route, before)
    const native = why === undefined ? { native: true } : { native: false, notNative: why }
    return { ...viewOf(route, before), ...native }
  })
}

function viewOf(route: Route, uses: readonly Use[]): Omit<RouteView, 'native'> {
  const { method, pattern: parsed, cache } = route
  const pattern = parsed.text
  const concerned = uses.filter((use) => coverage(use.prefix, parsed) !== 'none')
  if (cache === undefined) {
    const use = cachingUse(route, concerned)
    if (use === undefined) return { method, pattern, cached: false }
    return { method, pattern, cached: 'by-middleware', why: `cached() of ${use.path}` }
  }
  const unsafe = concerned.findLast((use) => !use.cacheSafe && !isCaching(use))
  if (unsafe === undefined) return { method, pattern, cached: 'first' }
  const name = unsafe.middleware.name === '' ? 'a middleware' : unsafe.middleware.name
  const why = `${name} of ${unsafe.path} is not marked cacheSafe`
  return { method, pattern, cached: 'after-middleware', why }
}
