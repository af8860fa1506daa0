import { InvalidOptionError } from '../errors.js'
import type { TableRoute } from './build-table.js'

export interface ListedRoute<T> extends TableRoute {
  /** What is behind the route. */
  readonly what: T
}

/** Routes in the order of their registration, each (method, shape) once. */
export class RouteList<T> {
  readonly #routes = new Map<string, ListedRoute<T>>()

  /** Throws `InvalidOptionError` naming `pattern` where another route has its place. */
  add(route: ListedRoute<T>): void {
    const place = placeOf(route)
    const other = this.#routes.get(place)
    if (other !== undefined) {
      throw new InvalidOptionError(
        'pattern',
        route.pattern.text,
        `a place of its own: ${other.method} ${other.pattern.text} is there ({ replace: true } replaces it)`,
      )
    }
    this.#routes.set(place, route)
  }

  /** In the place of the one that is there, if any. */
  replace(route: ListedRoute<T>): void {
    this.#routes.set(placeOf(route), route)
  }

  all(): readonly ListedRoute<T>[] {
    return [...this.#routes.values()]
  }
}

function placeOf({ method, pattern }: TableRoute): string {
  return `${method} ${pattern.shape}`
}
