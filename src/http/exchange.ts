import type { Read } from './dependencies.js'
import type { Fill } from './fill.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import type { Rule } from './route-policy.js'

/**
 * Makes the response: a handler, or a server behind this one. What is to be stored is asked for with GET, also when the client
 * has sent a HEAD: it is to bring the body. An answer to that HEAD without one is not stored.
 */
export type Origin = (
  request: HttpRequest,
  signal: AbortSignal | undefined,
) => HttpResponse | Promise<HttpResponse>

/** One request on its way through the response cache. */
export interface Visit {
  readonly request: HttpRequest
  readonly rule: Rule
  /** What the rule's functions are given: a context, or another framework's request. */
  readonly c: unknown
  readonly origin: Origin
  /** Aborts when the client has gone. */
  readonly signal?: AbortSignal | undefined
  /** It may be answered from the cache, but no other waits for it: it comes with a body, at its client's pace. */
  readonly isAlone?: boolean | undefined
  /** Who answers the client invalidates what the request has changed: by the answer as it leaves, of whoever made it. */
  readonly isChangeTold?: boolean | undefined
  /** The origin is another server: when it cannot be reached, a stale response is better than none. */
  readonly isRemote?: boolean | undefined
  /** Others wait for what is kept for it, outside of this process's JavaScript. */
  readonly fill?: Fill | undefined
  /** What the handler read of the cache, known when it has answered; undefined: nothing. */
  readonly read?: (() => Read | undefined) | undefined
  /** Why the handler's answer is its reader's alone, known when it has answered: an input that is not in the key. */
  readonly unshareable?: ((response: ResponseHead) => string | undefined) | undefined
  /**
   * Whether an error may come of what this client sent, so that others who wait for the same response might be given one.
   * `vary`: request fields which they are known to have in common.
   */
  readonly isOwnError?: ((error: unknown, vary: readonly string[]) => boolean) | undefined
}
