import { markRoute, routeMarks } from '../http/route-marks.js'
import { parseRoutePolicy, type RoutePolicy } from '../http/route-policy.js'
import { InvalidOptionError } from '../errors.js'
import { decorateMethod } from './decorate-method.js'
import type { Method } from './method.js'
import type { RouteDecorator } from './route-decorator.js'

/** `@cached` on a route: its answers are cached. Without a policy, by what they say of themselves (RFC 9111). */
export function cachedRoute<C>(policy: RoutePolicy<C> | undefined): RouteDecorator {
  if (policy !== undefined) parseRoutePolicy(policy, undefined, 'cached')
  function wrap(method: Method, name: string | symbol): Method {
    function handle(this: unknown, ...args: unknown[]): unknown {
      // whoever forgot the name of a data cache would never notice
      if (routeMarks(handle).routes.length > 0) return method.apply(this, args)
      const allowed = `a name, for ${String(name)} is no route (@get('/path'))`
      throw new InvalidOptionError('name', undefined, allowed)
    }
    const { routes } = routeMarks(method)
    markRoute(handle, { routes, cache: policy ?? true })
    return handle
  }
  return decorateMethod('cached', wrap) as RouteDecorator
}
