import { type Cache, insideOf } from '../cache/cache.js'
import { AsyncRecorder } from '../http/async-recorder.js'
import type { Read, Recorder } from '../http/dependencies.js'
import { recordingCache } from '../http/recording-cache.js'
import type { Origin, Visit } from '../http/exchange.js'
import type { Fill } from '../http/fill.js'
import type { HttpRequest, HttpResponse, ResponseHead } from '../http/message.js'
import type { Rule } from '../http/route-policy.js'
import { seenFields, seenTarget } from '../http/seen-request.js'
import type { Context } from './context.js'
import { Inputs } from './inputs.js'
import type { Run } from './route-cache.js'
import { routedRequest } from './routed-request.js'
import { requestWithoutBody } from './whatwg-request.js'

/** A route as its layer of the cache knows it. */
export interface CachedRoute {
  readonly rule: Rule
  /** The handler's reading of the request cannot be watched. */
  readonly isUnwatched: boolean
  readonly cacheOf: () => Cache
  readonly record: () => Recorder
  /** Told of an input that is not in the key. */
  readonly warn: (pattern: string, input: string) => void
}

/** A request for a route that is cached. What only a miss asks for is made when it is asked for: a hit is most of them. */
export class RouteVisit implements Visit {
  readonly request: HttpRequest
  readonly rule: Rule
  readonly c: Context
  readonly #route: CachedRoute
  readonly #run: Run
  #inputs: Inputs | undefined
  /** Of the last run. */
  #recorder: Recorder | undefined

  constructor(route: CachedRoute, context: Context, run: Run) {
    this.request = requestOf(context)
    this.rule = route.rule
    this.c = context
    this.#route = route
    this.#run = run
  }

  get signal(): AbortSignal {
    return this.c.req.signal
  }

  get origin(): Origin {
    return (wanted, signal) => this.#recorded(wanted, signal)
  }

  get read(): () => Read | undefined {
    return () => this.#recorder?.read
  }

  get isChangeTold(): boolean {
    return true
  }

  get isAlone(): boolean {
    return this.c.req.incoming.length !== 0
  }

  get fill(): Fill | undefined {
    return this.c.req.incoming.fill
  }

  get unshareable(): (response: ResponseHead) => string | undefined {
    return (response) => {
      const input = this.#seen.unkeyedIn(response)
      if (input === undefined) return undefined
      this.#route.warn(this.rule.route ?? '', input)
      return 'unkeyed-input'
    }
  }

  /** An app that sees all of the request and is not watched may have failed for any of it. */
  get isOwnError(): (error: unknown, vary: readonly string[]) => boolean {
    return (_, vary) => {
      const { isUnwatched } = this.#route
      return this.#seen.isErrorOwn(vary) || (isUnwatched && this.rule.policy === undefined)
    }
  }

  get #seen(): Inputs {
    return (this.#inputs ??= new Inputs(this.rule))
  }

  /** What the handler reads of the cache is noted. */
  #recorded(
    wanted: HttpRequest,
    signal: AbortSignal | undefined,
  ): HttpResponse | Promise<HttpResponse> {
    const { dependencies } = this.rule
    if (dependencies === false) return this.#runAs(wanted, signal, undefined)
    const { cacheOf, record } = this.#route
    const recorder = (this.#recorder = record())
    if (dependencies === 'context') {
      return this.#runAs(wanted, signal, () => recordingCache(cacheOf(), recorder))
    }
    const { engine } = insideOf(cacheOf())
    const run = async (): Promise<HttpResponse> => await this.#runAs(wanted, signal, undefined)
    return AsyncRecorder.of(engine).run(recorder, run)
  }

  /** Runs the handler with the request, and the cache, as they may be seen. */
  #runAs(
    wanted: HttpRequest,
    signal: AbortSignal | undefined,
    cacheOf: (() => Cache) | undefined,
  ): HttpResponse | Promise<HttpResponse> {
    const { rule, c } = this
    const { isUnwatched } = this.#route
    const hasPolicy = rule.policy !== undefined
    // under a policy the answer to a HEAD is made as that to a GET
    const method = hasPolicy ? 'GET' : wanted.method
    const fields = seenFields(rule, wanted, isUnwatched)
    const target = isUnwatched && hasPolicy ? seenTarget(rule, wanted.target) : wanted.target
    const seen: HttpRequest = { ...wanted, method, fields, target }
    const request = isUnwatched ? () => requestWithoutBody(seen, signal ?? c.req.signal) : undefined
    const { witness } = this.#seen
    const req = c.req.seenAs({ method, fields, signal, witness, request })
    return this.#run(c.below(req, cacheOf))
  }
}

export function requestOf({ req }: Context): HttpRequest {
  return routedRequest(req.incoming, req.path, req.rawQuery)
}
