import { markRoute } from '../http/route-marks.js'
import { decorateMethod } from './decorate-method.js'
import type { RouteDecorator } from './route-decorator.js'

/**
 * Makes a method the handler of a route: `app.register(instance)` of the server adds it. In both kinds of decorators; several
 * on one method are several routes. Throws `InvalidOptionError` for whatever is no method.
 */
function verb(method: string): (pattern: string) => RouteDecorator {
  return (pattern) => {
    const decorate = decorateMethod(method.toLowerCase(), (handler) => {
      markRoute(handler, { routes: [{ method, pattern }] })
      return handler
    })
    return decorate as RouteDecorator
  }
}

export const get: (pattern: string) => RouteDecorator = verb('GET')
export const post: (pattern: string) => RouteDecorator = verb('POST')
export const put: (pattern: string) => RouteDecorator = verb('PUT')
export const patch: (pattern: string) => RouteDecorator = verb('PATCH')
export const del: (pattern: string) => RouteDecorator = verb('DELETE')
