import type { HttpRequest } from './message.js'

/**
 * The place of a request with whoever answers the next ones like it by itself. What the cache keeps for the request is put
 * there as well, as soon as it is kept; others who want the same wait for that until the fill is over.
 */
export interface Fill {
  /**
   * What is kept under this key of the namespace, now or until the fill is over, is what they are answered with, if it is a
   * response for this request.
   */
  want(namespace: string, key: string, request: HttpRequest): void
  /** It is not over before this has settled, unless nobody is to wait. */
  hold(until: Promise<unknown>): void
  /** Others would wait for nothing, for a while: the next response will hardly be for them either, or they need none. */
  alone(): void
}
