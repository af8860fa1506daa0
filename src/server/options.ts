import type { Cache } from '../cache/cache.js'
import type { Logger } from '../cache/options.js'
import type { Duration } from '../entry/duration.js'
import type { ByteSize } from '../entry/option.js'
import type { RoutePolicy } from '../http/route-policy.js'
import type { OriginOptions } from '../proxy/origin-options.js'
import type { Context } from './context.js'

export interface ServerOptions {
  /** What `c.cache` gives. Default: `createCache()`, made when it is first asked for and closed with the server. */
  readonly cache?: Cache | undefined
  /** Default 3000; 0 = a free one. */
  readonly port?: number | undefined
  /** Default `'127.0.0.1'`: this machine only. `'::'` or `'0.0.0.0'`: every interface. */
  readonly host?: string | undefined
  /** The listener in Rust: `'auto'` (default) if there is one, `true` = or fail, `false` = that of node:http. */
  readonly native?: boolean | 'auto' | undefined
  /** Names the server answers to; another Host is refused with 421. One without a port stands for every port. Default: any. */
  readonly hosts?: readonly string[] | undefined
  /** Where only the path with (or without) a slash at the end has a route: 308 to it. Default false. */
  readonly redirectTrailingSlash?: boolean | undefined
  /** Tells in a field `Server-Timing` how long an answer took. Default false. */
  readonly serverTiming?: boolean | undefined
  readonly limits?: ServerLimits | undefined
  readonly timeouts?: ServerTimeouts | undefined
  /** Told of errors that no handler took. Default: `process.emitWarning`, once per route and error. `false` = silent. */
  readonly logger?: Logger | false | undefined
  /** An app that answers what no route of this one does. */
  readonly fetch?: FetchHandler | undefined
  /** A server behind this one, `'http://127.0.0.1:8080'`, that answers what no route of this one does, through the cache. */
  readonly origin?: string | URL | undefined
  /** With `origin`: how it is asked. */
  readonly proxy?: OriginOptions | undefined
  /** With `fetch` or `origin`: patterns whose answers are cached, and how. */
  readonly rules?: Readonly<Record<string, RouteCacheOption>> | undefined
}

export interface ServerLimits {
  /** All field lines of a request; more: 431. Default 16kb, 1kb .. 64kb. */
  readonly headerBytes?: ByteSize | undefined
  /** Default 100, 1 .. 1,000; more: 431. */
  readonly headerFields?: number | undefined
  /** Of a request; more: 413. Default 1mb, 0 .. 2gb. */
  readonly bodyBytes?: ByteSize | undefined
  /** Open at once; more are closed at once. Default 10,000, 1 .. 1,000,000. */
  readonly connections?: number | undefined
  /** Responses kept for the listener in Rust, by all servers of one cache; the first that listens says. Default 64mb, 1mb .. 64gb. */
  readonly responseBytes?: ByteSize | undefined
}

export interface ServerTimeouts {
  /** From the first byte of a request to the end of its header; longer: 408. Default 10s, 100ms .. 10m. */
  readonly header?: Duration | undefined
  /** A connection without a request is kept open. Default 75s, 0 (close after each answer) .. 1h. */
  readonly idle?: Duration | undefined
  /** From the first byte of a request to the last; longer: 408. Not shorter than `header`. Default 5m, 100ms .. 1d. */
  readonly request?: Duration | undefined
  /** A body that is waited for and does not come: 408. Default 30s, 100ms .. 1h. */
  readonly body?: Duration | undefined
  /** A client that takes nothing of its answer is cut off. Default 30s, 100ms .. 1h. */
  readonly write?: Duration | undefined
  /** Until the handler has answered (a stream: begun to); longer: 504. Default 30s, 10ms .. 1d; false = never. */
  readonly handler?: Duration | false | undefined
}

/** How answers of a route are cached: `true` = as their own fields say, an object = a policy. */
export type RouteCacheOption<P extends string = string> = true | RouteCachePolicy<P>

export interface RouteCachePolicy<P extends string = string> extends RoutePolicy<Context<P>> {
  /**
   * Whether the listener in Rust answers from the cache by itself. Default: where it can, which `app.routes()` tells. `true`:
   * adding the route throws `InvalidOptionError` where it cannot. `false`: every request comes to JavaScript.
   */
  readonly native?: boolean | undefined
}

export interface RouteOptions<P extends string = string> {
  readonly cache?: RouteCacheOption<P> | undefined
  /** Bytes of a request's body. Default `limits.bodyBytes`. */
  readonly bodyBytes?: ByteSize | undefined
  /** Default `timeouts.handler`. */
  readonly timeout?: Duration | false | undefined
  /**
   * Whether a request that is not for reading drops what is kept of its URL (RFC 9111 section 4.4). Default true. `false`: the
   * handler itself invalidates what its change concerns.
   */
  readonly invalidates?: boolean | undefined
  /** In the place of the route that is there. Default false: two in one place are an error. */
  readonly replace?: boolean | undefined
}

export interface UseOptions {
  /** Answers from the cache may pass this middleware by. Default false. */
  readonly cacheSafe?: boolean | undefined
}

/** Returns a `Reply` (made by `c`), a Response, a string, bytes, a stream, any JSON value, or nothing (204). */
export type Handler<P extends string = string> = (c: Context<P>) => unknown

/**
 * Returns nothing, and the answer is that of `next()`; or an answer of its own. Fields set on `c` go into either. `next`
 * may be called once; it rejects with what the handler throws.
 */
export type Middleware = (c: Context, next: Next) => unknown

export type Next = () => Promise<Answer>

/** What was answered below. */
export interface Answer {
  readonly status: number
  /** Flat: name (in lower case), value, name, value. */
  readonly fields: readonly string[]
  readonly body: Uint8Array | AsyncIterable<Uint8Array> | undefined
}

export type ErrorHandler = (error: unknown, c: Context) => unknown

export type FetchHandler = (request: Request) => Response | Promise<Response>
