import { InvalidOptionError } from '../errors.js'
import type { TableRoute } from './build-table.js'

export interface ListedRoute<T> extends TableRoute {
  /** What is behind the route. */
  readonly what: T
}

/** Routes in the order of their registration, each (method, shape) once. */
export class RouteList<T> {
  readonly #all: ListedRoute<T>[] = []
  /** Where they stand in the list, by method and by shape: no text is made of the two. */
  readonly #places = new Map<string, Map<string, number>>()

  /** Throws `InvalidOptionError` naming `pattern` where another route has its place. */
  add(route: ListedRoute<T>): void {
    const places = this.#of(route.method)
    const place = places.get(route.pattern.shape)
    if (place !== undefined) throw taken(route, this.#all[place] as ListedRoute<T>)
    places.set(route.pattern.shape, this.#all.push(route) - 1)
  }

  /** In the place of the one that is there, if any. */
  replace(route: ListedRoute<T>): void {
    const place = this.#of(route.method).get(route.pattern.shape)
    if (place === undefined) this.add(route)
    else this.#all[place] = route
  }

  all(): readonly ListedRoute<T>[] {
    return this.#all
  }

  #of(method: string): Map<string, number> {
    let places = this.#places.get(method)
    if (places === undefined) this.#places.set(method, (places = new Map<string, number>()))
    return places
  }
}

function taken({ pattern }: TableRoute, other: TableRoute): InvalidOptionError {
  return new InvalidOptionError(
    'pattern',
    pattern.text,
    `a place of its own: ${other.method} ${other.pattern.text} is there ({ replace: true } replaces it)`,
  )
}
