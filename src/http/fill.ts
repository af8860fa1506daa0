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
  /** It is not over before this has settled. */
  hold(until: Promise<unknown>): void
  /** Nobody needs to wait: from now on nothing holds it, it is over as soon as the request is answered. */
  letGo(): void
  /** The next response will hardly be for others either: for a while nobody is to wait for it. */
  alone(): void
}
