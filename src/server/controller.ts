import { InvalidOptionError } from '../errors.js'
import { routeMarks } from '../http/route-marks.js'
import type { Handler, RouteCacheOption } from './options.js'

/** A route of a class, by a decorator on one of its methods. */
export interface ControllerRoute {
  readonly method: string
  readonly pattern: string
  readonly cache: RouteCacheOption | undefined
  readonly handler: Handler
}

type Method = (this: unknown, c: Parameters<Handler>[0]) => unknown

/** The routes of an instance, those it inherits included. Throws `InvalidOptionError` if there are none. */
export function routesOf(controller: unknown): readonly ControllerRoute[] {
  const isInstance = typeof controller === 'object' && controller !== null
  const routes = isInstance ? [...methodsOf(controller)].flatMap((m) => marked(controller, m)) : []
  if (routes.length > 0) return routes
  throw new InvalidOptionError(
    'controller',
    controller,
    "an instance of a class with @get('/path')",
  )
}

function marked(controller: object, method: Method): ControllerRoute[] {
  const { routes, cache } = routeMarks(method)
  const handler: Handler = (c) => method.call(controller, c)
  return routes.map(({ method: verb, pattern }) => ({
    method: verb,
    pattern,
    cache: cache as RouteCacheOption | undefined,
    handler,
  }))
}

/** Each name once: a method that was overridden is no longer there. */
function methodsOf(controller: object): Set<Method> {
  const methods = new Map<string | symbol, Method>()
  for (
    let at: object | null = controller;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    for (const name of Reflect.ownKeys(at)) {
      const value: unknown = Object.getOwnPropertyDescriptor(at, name)?.value
      if (typeof value === 'function' && !methods.has(name)) methods.set(name, value as Method)
    }
  }
  return new Set(methods.values())
}
