import type { HttpResponse } from '../http/message.js'
import { cacheOptionOf } from './cached.js'
import { cachingUse, isCaching } from './caching-use.js'
import type { Context } from './context.js'
import type { Use } from './middleware.js'
import type { Handler, Next } from './options.js'
import type { Pattern } from './pattern.js'
import { coverage, isBelow } from './prefix.js'
import { Reply } from './reply.js'
import { replyOf } from './response-of.js'
import type { Route } from './route.js'
import type { CacheLayer, RouteCache } from './route-cache.js'

/** One step of a route, with all that is below it. */
export interface Step {
  (context: Context): Reply | Promise<Reply>
  /** Of a cache with nothing before it: see `CacheLayer`. */
  readonly hit?: CacheLayer['hit']
}

/** What a route runs: middleware, from the last unsafe one inward the cache, then the handler. */
export function chainOf(route: Route, uses: readonly Use[], cache: RouteCache): Step {
  if (uses.length === 0 && route.cache === undefined) return handlerStep(route.handler)
  const there = uses.filter((use) => coverage(use.prefix, route.pattern) !== 'none')
  const caching = cachingUse(route, there)
  const concerned = there.filter((use) => use === caching || !isCaching(use))
  const end = handlerStep(route.handler)
  const layerOf = (use: Use, below: Step): Step => {
    const option = use === caching ? cacheOptionOf(use.middleware) : undefined
    return option === undefined
      ? layerStep(use, below)
      : cacheStep(cache.layer(option, route), below)
  }
  const around = (some: readonly Use[], inner: Step): Step =>
    some.reduceRight((below, use) => whereIt(use, route.pattern, layerOf(use, below), below), inner)
  if (route.cache === undefined) return around(concerned, end)
  const split = concerned.findLastIndex((use) => !use.cacheSafe) + 1
  const inner = around(concerned.slice(split), end)
  return around(concerned.slice(0, split), cacheStep(cache.layer(route.cache, route), inner))
}

/** For a path without a route: every middleware there is, if the path is below it. */
export function fallbackChain(uses: readonly Use[], handler: Handler): Step {
  return uses.reduceRight(
    (below, use) => whereIt(use, undefined, layerStep(use, below), below),
    handlerStep(handler),
  )
}

/** The layer for paths that the middleware concerns, and what is below it for others. */
function whereIt(use: Use, pattern: Pattern | undefined, layer: Step, below: Step): Step {
  if (pattern !== undefined && coverage(use.prefix, pattern) === 'all') return layer
  return (context) => (isBelow(use.prefix, context.req.path) ? layer : below)(context)
}

function handlerStep(handler: Handler): Step {
  return (context) => {
    const result = handler(context)
    return isPromise(result)
      ? result.then((value) => reply(context, value))
      : reply(context, result)
  }
}

function layerStep({ middleware }: Use, below: Step): Step {
  return (context) => {
    let answer: Promise<Reply> | undefined
    const next: Next = () => {
      if (answer !== undefined) return Promise.reject(new Error('next() was called twice'))
      answer = started(below, context)
      answer.catch(ignore) // a middleware that does not wait for it still hears of it, below
      return answer
    }
    const settle = (result: unknown): Reply | Promise<Reply> => {
      if (result !== undefined) return reply(context, result)
      if (answer === undefined) throw new Error('a middleware neither answered nor called next()')
      return answer.then((below) => context.finish(below))
    }
    const result = middleware(context, next)
    return isPromise(result) ? result.then(settle) : settle(result)
  }
}

/** Fields set above the cache do not get into it: they are of each answer that leaves it. */
function cacheStep(layer: CacheLayer, below: Step): Step {
  const step = (context: Context): Reply | Promise<Reply> => {
    const answer = layer(context, below)
    if (isThere(answer)) return context.finish(Reply.of(answer))
    return answer.then((response) => context.finish(Reply.of(response)))
  }
  return Object.assign(step, { hit: layer.hit })
}

/** Asked of what is there: responses have many shapes, and to look for a `then` that is not there takes long. */
export function isThere(answer: HttpResponse | Promise<HttpResponse>): answer is HttpResponse {
  return (answer as HttpResponse).status !== undefined
}

function reply(context: Context, result: unknown): Reply {
  return context.finish(replyOf(result, context.pendingStatus))
}

async function started(step: Step, context: Context): Promise<Reply> {
  return await step(context)
}

export function isPromise(value: unknown): value is Promise<unknown> {
  if (typeof value !== 'object' || value === null || value instanceof Reply) return false
  // read rather than asked for by `in`, which is several times slower on objects of many shapes
  return typeof (value as { readonly then?: unknown }).then === 'function'
}

function ignore(): void {}
