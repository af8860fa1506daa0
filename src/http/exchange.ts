import type { Read } from './dependencies.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import type { Rule } from './route-policy.js'

/** Makes the response: a handler, or a server behind this one. */
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
  /** The origin is another server: when it cannot be reached, a stale response is better than none. */
  readonly isRemote?: boolean | undefined
  /** What the handler read of the cache, known when it has answered; undefined: nothing. */
  readonly read?: (() => Read | undefined) | undefined
  /** Why the handler's answer is its reader's alone, known when it has answered (an input that is not in the key). */
  readonly unshareable?: ((response: ResponseHead) => string | undefined) | undefined
}
