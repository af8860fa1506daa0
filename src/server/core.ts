import type { Cache } from '../cache/cache.js'
import type { Clock } from '../clock.js'
import { HttpError, OverloadedError } from '../errors.js'
import type { Fields } from '../http/fields.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import { isSafe } from '../http/unsafe.js'
import { isPromise, isThere, type Step } from './chain.js'
import { requestChannel, type RequestEvent } from './channels.js'
import { Context } from './context.js'
import type { Incoming } from './incoming.js'
import { Handling } from './handling.js'
import { missReply, slashRedirect } from './miss-reply.js'
import type { ErrorHandler, Handler } from './options.js'
import { paramsOf } from './path-params.js'
import { problem } from './problem.js'
import type { Program, Runnable } from './program.js'
import { Reply } from './reply.js'
import type { Reporter } from './reporter.js'
import { ServerRequest } from './request.js'
import { LookedRequest } from './routed-request.js'
import { replyOf } from './response-of.js'
import type { FoundRoute, Match } from './router.js'
import type { ServerCounters } from './server-stats.js'
import type { ServerSettings } from './settings.js'
import type { Watch } from './watch.js'

/** What a core needs of the server around it. */
export interface CoreParts {
  /** The server itself, by which its requests are told apart. */
  readonly app: object
  readonly settings: ServerSettings
  readonly clock: Clock
  readonly watch: Watch
  readonly reporter: Reporter
  readonly counters: ServerCounters
  readonly cacheOf: () => Cache
  /** The routes of this moment. */
  readonly program: () => Program
  readonly onError: () => ErrorHandler | undefined
  readonly notFound: () => Handler | undefined
  /** After a request that is not for reading. */
  readonly invalidateAfter: (request: HttpRequest, response: HttpResponse) => Promise<void>
}

/** A route that somebody else has found. It counts as long as the routes are those it was found in. */
export interface VersionedRoute extends FoundRoute {
  readonly version: number
}

type Answer = HttpResponse | Promise<HttpResponse>

const RETRY: Fields = ['retry-after', '1']

const NO_PARAMS: Readonly<Record<string, string>> = {}

/** From a request to its response, the same for every listener. It never throws and never rejects. */
export class Core {
  readonly #parts: CoreParts

  constructor(parts: CoreParts) {
    this.#parts = parts
  }

  answer(incoming: Incoming, found?: VersionedRoute): Answer {
    this.#parts.counters.requests++
    if (!requestChannel.hasSubscribers) return this.refresh(incoming, found)
    const begin = this.#parts.clock.now()
    const answer = this.refresh(incoming, found)
    return isThere(answer)
      ? this.#told(incoming, answer, begin)
      : answer.then((response) => this.#told(incoming, response, begin))
  }

  /** The same for a request that nobody has made: what comes of it is for the cache. */
  refresh(incoming: Incoming, found?: VersionedRoute): Answer {
    if (!this.#parts.settings.serverTiming) return this.#settledCache(incoming, found)
    const begin = this.#parts.clock.now()
    const answer = this.#settledCache(incoming, found)
    return isThere(answer)
      ? this.#timed(answer, begin)
      : answer.then((response) => this.#timed(response, begin))
  }

  /** The handler of everything that has no route. */
  miss(context: Context): unknown {
    const miss = context.miss ?? { status: 404, allow: '' }
    if (miss.status !== 404) return missReply(miss)
    if (this.#parts.settings.redirectTrailingSlash) {
      const redirect = slashRedirect(context, this.#parts.program().router)
      if (redirect !== undefined) return redirect
    }
    const notFound = this.#parts.notFound()
    return notFound === undefined ? missReply(miss) : notFound(context)
  }

  /** What a request has changed is not read from the cache by whoever has its answer (RFC 9111 section 4.4). */
  #settledCache(incoming: Incoming, found: VersionedRoute | undefined): Answer {
    if (!this.#isOurs(incoming)) return problem(421)
    const program = this.#parts.program()
    const match: Match =
      found?.version === program.version
        ? found
        : program.router.match(incoming.method, incoming.target)
    const answer = this.#routed(incoming, program, match)
    if (isSafe(incoming.method) || !invalidates(program, match)) return answer
    return this.#afterChange(incoming, answer)
  }

  async #afterChange(incoming: Incoming, answer: Answer): Promise<HttpResponse> {
    const response = await answer
    try {
      await this.#parts.invalidateAfter(incoming, response)
    } catch (error) {
      // a cache that was closed: what is in it is served to nobody
      this.#parts.reporter.error(`${incoming.method} ${incoming.target}`, error)
    }
    return response
  }

  #routed(incoming: Incoming, program: Program, match: Match): Answer {
    if (match.kind === 'refused') {
      return problem(match.status, undefined, match.status === 405 ? ['allow', match.allow] : [])
    }
    if (match.kind === 'none') return this.#missed(incoming, match, program.fallback)
    const runnable = program.routes[match.route] as Runnable
    return hitOf(incoming, match, runnable.step) ?? this.#found(incoming, match, runnable)
  }

  #found(incoming: Incoming, match: FoundRoute, runnable: Runnable): Answer {
    const params = paramsOf(runnable.route.pattern.names, match.path, match.ranges)
    return params === undefined ? problem(400) : this.#matched(incoming, match, runnable, params)
  }

  #matched(
    incoming: Incoming,
    match: FoundRoute,
    { route, name, step }: Runnable,
    params: Readonly<Record<string, string>>,
  ): Answer {
    const { limits, timeouts } = this.#parts.settings
    const limit = route.bodyBytes ?? limits.bodyBytes
    if (incoming.length !== undefined && incoming.length > limit) return problem(413)
    const request = new ServerRequest(incoming, match.path, match.query, limit)
    const context = new Context(request, params, this.#parts.cacheOf)
    context.name = name
    return this.#run(context, step, route.timeout ?? timeouts.handler)
  }

  #missed(incoming: Incoming, match: Match & { readonly kind: 'none' }, step: Step): Answer {
    const { limits, timeouts } = this.#parts.settings
    const request = new ServerRequest(incoming, match.path, match.query, limits.bodyBytes)
    const context = new Context(request, NO_PARAMS, this.#parts.cacheOf)
    context.miss = match
    return this.#run(context, step, timeouts.handler)
  }

  #run(context: Context, step: Step, timeout: number): Answer {
    try {
      const reply = step(context)
      return isPromise(reply) ? this.#settled(context, reply, timeout) : reply
    } catch (error) {
      return this.#failed(context, error)
    }
  }

  /** The answer. When it takes too long the client is told 504 meanwhile. */
  async #settled(context: Context, reply: Promise<Reply>, timeout: number): Promise<HttpResponse> {
    const { watch, counters } = this.#parts
    const handling = new Handling(context, counters)
    counters.running++
    if (timeout !== Infinity) watch.add(handling, timeout)
    try {
      return await reply
    } catch (error) {
      return await this.#failed(context, error)
    } finally {
      watch.delete(handling)
      counters.running--
    }
  }

  #failed(context: Context, error: unknown): Answer {
    const onError = this.#parts.onError()
    if (onError === undefined) return this.#unexpected(context, error)
    try {
      const result = onError(error, context)
      if (!isPromise(result)) return context.finish(replyOf(result, context.pendingStatus))
      return result
        .then((value) => context.finish(replyOf(value, context.pendingStatus)))
        .catch((failure: unknown) => this.#unexpected(context, failure))
    } catch (failure) {
      return this.#unexpected(context, failure)
    }
  }

  /** Tells the client the status, of what is the client's own fault also why; the reporter hears of the rest. */
  #unexpected(context: Context, error: unknown): Reply {
    if (error instanceof HttpError) {
      const { status } = error
      if (status >= 400 && status < 500) return context.finish(problem(status, error.message))
    }
    // too many wait for one load of the cache: not the handler's fault, nor news
    if (error instanceof OverloadedError) return context.finish(problem(503, undefined, RETRY))
    // a handler that gave up because nobody waits any more has done right
    if (!context.req.incoming.isGone) {
      this.#parts.counters.errors++
      this.#parts.reporter.error(context.name ?? 'no route', error)
    }
    const status = error instanceof HttpError && error.status < 600 ? error.status : 500
    return context.finish(problem(status < 500 ? 500 : status))
  }

  #isOurs(incoming: Incoming): boolean {
    const { hosts } = this.#parts.settings
    if (hosts === undefined) return true
    const { authority } = incoming
    return hosts.has(authority) || hosts.has(authority.replace(/:\d+$/, ''))
  }

  #told({ method }: Incoming, response: HttpResponse, begin: number): HttpResponse {
    const { app, clock } = this.#parts
    const duration = clock.now() - begin
    requestChannel.publish({
      app,
      method,
      status: response.status,
      duration,
    } satisfies RequestEvent)
    return response
  }

  #timed(response: HttpResponse, begin: number): HttpResponse {
    const ms = (this.#parts.clock.now() - begin).toFixed(1)
    const { fields } = response
    return Reply.of(response).withFields([...fields, 'server-timing', `total;dur=${ms}`])
  }
}

/** A route may know better than its URL what a request has changed. */
function invalidates({ routes }: Program, match: Match): boolean {
  return match.kind !== 'route' || (routes[match.route] as Runnable).route.invalidates
}

/** Most requests of a cached route: nothing is made that only a handler would look at. */
function hitOf(incoming: Incoming, match: FoundRoute, { hit }: Step): HttpResponse | undefined {
  if (hit === undefined || incoming.length !== 0 || incoming.fill !== undefined) return undefined
  return hit(new LookedRequest(incoming, match.path, match.query))
}
