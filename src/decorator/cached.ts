import type { RoutePolicy } from '../http/route-policy.js'
import { cachedRoute } from './cached-route.js'
import { parseCached, type CachedOptions } from './cached-options.js'
import { decorateMethod } from './decorate-method.js'
import { markEntries } from './entries-of.js'
import type { Method } from './method.js'
import type { AsyncMethodDecorator } from './method-decorator.js'
import { MethodDefinitions } from './method-definitions.js'
import type { RouteDecorator } from './route-decorator.js'

/**
 * Keeps what a method returns, by its arguments, under a name; or, without a name and beside `@get`, the answers of a route. In
 * both kinds of decorators, standard and `experimentalDecorators`. Throws `InvalidOptionError` when the class is defined; a
 * call rejects with it when there is no cache or its name is taken, with `InvalidKeyError` when an argument is no identity,
 * and otherwise as `cache.get` or the method does.
 */
export function cached<
  This = unknown,
  Args extends readonly unknown[] = readonly unknown[],
  TagArgs extends readonly unknown[] = Args,
  Result = unknown,
>(
  options: CachedOptions<This, Args, TagArgs, Result>,
): AsyncMethodDecorator<This, Args, TagArgs, Result>
export function cached<C = unknown>(policy?: RoutePolicy<C>): RouteDecorator
export function cached(options?: object): unknown {
  const hasName = Object(options) === options && 'name' in (options as object)
  return hasName ? cachedMethod(options) : cachedRoute(options as RoutePolicy<unknown> | undefined)
}

function cachedMethod(options: unknown): unknown {
  const settings = parseCached(options)
  function wrap(method: Method, name: string | symbol): Method {
    const definitions = new MethodDefinitions(settings, method, name)
    function call(this: unknown, ...args: unknown[]): Promise<unknown> {
      // Not async: a hit costs no promise of its own.
      try {
        return definitions.of(this)({ self: this, args })
      } catch (error) {
        return Promise.reject(error)
      }
    }
    return markEntries(call, definitions)
  }
  return decorateMethod('cached', wrap)
}
