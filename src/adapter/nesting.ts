import type { Rule } from '../http/route-policy.js'

interface Place {
  readonly isPolicy: boolean
  isOvertaken: boolean
}

/**
 * A request may pass several caches on its way to one handler: one for an application, one for a route. Only one of them
 * decides, or a page would be stored twice and purged once. A policy before what responses say; of two of a kind the first.
 */
export class Nesting {
  readonly #outer = new WeakMap<object, Place>()

  /** `inner` is the same request under another identity. */
  follow(inner: object, request: object): void {
    const place = this.#outer.get(request)
    if (place !== undefined) this.#outer.set(inner, place)
  }

  /** Why the response is not to be stored, known when it is there. Undefined: another cache decides about this request. */
  enter(request: object, { policy }: Rule): (() => string | undefined) | undefined {
    const isPolicy = policy !== undefined
    const outer = this.#outer.get(request)
    if (outer !== undefined) {
      if (outer.isPolicy || !isPolicy) return undefined
      outer.isOvertaken = true
    }
    const place = { isPolicy, isOvertaken: false }
    this.#outer.set(request, place)
    return () => (place.isOvertaken ? 'policy' : undefined)
  }
}
