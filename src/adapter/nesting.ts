import { hasField } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import type { Rule } from '../http/route-policy.js'

/** What one cache knows of a request that another may see behind it. */
export class Place {
  readonly isPolicy: boolean
  /** What the client asked, conditions and ranges included: who decides answers that. */
  readonly request: HttpRequest
  #isValidating = false
  #isOvertaken = false

  constructor(isPolicy: boolean, request: HttpRequest) {
    this.isPolicy = isPolicy
    this.request = request
  }

  /** A cache behind this one decides. Returns what it is asked: a validation of what is stored here is to be answered as such. */
  overtake(request: HttpRequest): HttpRequest {
    this.#isOvertaken = true
    return this.#isValidating ? request : this.request
  }

  /** This cache asks the handler. */
  asks({ fields }: HttpRequest): void {
    this.#isValidating = hasField(fields, 'if-none-match') || hasField(fields, 'if-modified-since')
  }

  /** Why the response is not to be stored here, known when it is there. */
  readonly unshareable = (): string | undefined => {
    if (this.#isOvertaken) return 'policy'
    return this.request.method === 'HEAD' ? 'length' : undefined // no body, whatever its length is
  }

  /** Without a policy the handler sees all of the request, and may have failed for any of it. */
  readonly isOwnError = (): boolean => !this.isPolicy || this.request.method === 'HEAD'
}

/**
 * A request may pass several caches on its way to one handler: one for an application, one for a route. Only one of them
 * decides, or a page would be stored twice and purged once. A policy before what responses say; of two of a kind the first.
 */
export class Nesting {
  readonly #places = new WeakMap<object, Place>()

  /** Undefined: another cache decides about this request. `key`: the framework's own, one for each request. */
  enter(key: object, { policy }: Rule, request: HttpRequest): Place | undefined {
    const isPolicy = policy !== undefined
    const outer = this.#places.get(key)
    if (outer !== undefined && (outer.isPolicy || !isPolicy)) return undefined
    const place = new Place(isPolicy, outer?.overtake(request) ?? request)
    this.#places.set(key, place)
    return place
  }

  /** `inner` is the same request under another identity. */
  follow(inner: object, key: object): void {
    const place = this.#places.get(key)
    if (place !== undefined) this.#places.set(inner, place)
  }
}
