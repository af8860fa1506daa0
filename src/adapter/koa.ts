import { Readable } from 'node:stream'
import type { Context, Middleware, Next } from 'koa'
import type { Cache } from '../cache/cache.js'
import { formatCacheStatus } from '../http/cache-status.js'
import { type Fields, valueOf } from '../http/fields.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { ResponseCache } from '../http/response-cache.js'
import type { RoutePolicy, Rule } from '../http/route-policy.js'
import { isSafe } from '../http/unsafe.js'
import { bypassReason } from './bypass.js'
import { ClientGone } from './client-gone.js'
import { inFull } from './exact-length.js'
import { runBehind } from './koa-run.js'
import { Leaving } from './leaving.js'
import { Nesting, type Place } from './nesting.js'
import { headersIn, requestOf } from './node-request.js'
import { announcedLength, joinedLines, namesOf } from './own-fields.js'
import { responsesOf } from './responses-of.js'
import { RouteRules, ruleFor } from './route-rules.js'
import { saidBlindly, visibleFields, visibleTarget } from './visible.js'
import { fieldsSet } from './written-head.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

const nesting = new Nesting()

/**
 * Keeps what the middleware after it answers. With a policy: as the policy says (a route's own middleware, after whatever
 * decides who may ask). Without one: as the responses say themselves (RFC 9111). Throws `InvalidOptionError`.
 */
export function cached(cache: Cache, policy?: RoutePolicy<Context>): Middleware {
  const responses = responsesOf(cache)
  const rules = new RouteRules(policy)
  return async function strataCached(ctx: Context, next: Next): Promise<void> {
    const { method } = ctx
    const request = requestOf(ctx.req, {
      scheme: ctx.protocol,
      host: ctx.app.proxy ? ctx.host : ctx.req.headers.host,
      target: ctx.originalUrl,
    })
    const isRead = method === 'GET' || method === 'HEAD'
    if (request === undefined || (!isRead && isSafe(method))) {
      await next()
      return
    }
    const rule = rules.of(patternOf(ctx))
    const reason = isRead ? bypassReason(rule, request, ctx.req.httpVersionMajor) : undefined
    if (reason !== undefined) {
      ctx.set('cache-status', formatCacheStatus({ fwd: 'bypass', detail: reason }))
      await next()
      return
    }
    const place = nesting.enter(ctx, rule, request)
    if (place === undefined) {
      await next()
      return
    }
    const visit = { responses, rule, place }
    await (isRead ? answer(ctx, next, visit) : change(ctx, next, visit))
  }
}

interface KoaVisit {
  readonly responses: ResponseCache
  readonly rule: Rule
  readonly place: Place
}

async function answer(ctx: Context, next: Next, visit: KoaVisit): Promise<void> {
  const { responses, rule, place } = visit
  const { request, unshareable, isOwnError } = place
  const before = fieldsSet(ctx.res)
  const leaving = new Leaving(ctx.res)
  let hasRun = false
  async function origin(asked: HttpRequest, signal?: AbortSignal): Promise<HttpResponse> {
    if (hasRun) throw new Error('a handler runs once per request')
    hasRun = true
    place.asks(asked)
    const { captured, abandon } = runBehind(ctx, next, lookOf(ctx, visit, asked, before))
    const leave = (): void => abandon(signal?.reason)
    if (signal?.aborted === true) leave()
    else signal?.addEventListener('abort', leave, { once: true })
    const response = await captured.response
    return { ...response, fields: saidBlindly(rule, response.fields) }
  }
  try {
    const given = await responses.answer({
      request,
      rule: ruleFor(rule, request.method),
      c: ctx,
      unshareable,
      isOwnError,
      origin,
      // a hit in memory has no use for it
      get signal(): AbortSignal {
        return leaving.signal
      },
    })
    give(ctx, given, before)
  } catch (error) {
    if (!(error instanceof ClientGone)) throw error
  }
}

/** A method that changes something: its handler runs as ever, and what it has changed is invalidated before it is told. */
async function change(ctx: Context, next: Next, visit: KoaVisit): Promise<void> {
  const { responses, rule, place } = visit
  const given = await responses.answer({
    request: place.request,
    rule,
    c: ctx,
    origin: async () => {
      await next()
      return { status: ctx.status, fields: fieldsSet(ctx.res), body: undefined }
    },
  })
  const said = valueOf(given.fields, 'cache-status')
  if (said !== undefined && !ctx.headerSent) ctx.set('cache-status', said)
}

function lookOf(ctx: Context, visit: KoaVisit, asked: HttpRequest, before: Fields) {
  const { rule, place } = visit
  const fields = visibleFields(rule, asked, place.request)
  return {
    properties: {
      url: visibleTarget(rule, ctx.req.url ?? '/'),
      rawHeaders: [...fields],
      ...headersIn(fields),
    },
    originalUrl: visibleTarget(rule, ctx.originalUrl),
    before,
  }
}

/** By way of the context: middleware before us may still change what is sent. */
function give(ctx: Context, { status, fields, body }: HttpResponse, before: Fields): void {
  const full = body === undefined ? undefined : inFull(body, announcedLength(fields))
  if (full === undefined) ctx.body = null
  else if (full instanceof Uint8Array)
    ctx.body = Buffer.from(full.buffer, full.byteOffset, full.byteLength)
  else ctx.body = Readable.from(full)
  ctx.status = status
  for (const name of ['content-type', 'content-length']) ctx.remove(name)
  for (const name of namesOf(fields)) {
    const lines = joinedLines(name, before, fields)
    ctx.set(name, lines.length === 1 ? (lines[0] as string) : [...lines])
  }
}

/** As a router on it has matched. */
function patternOf(ctx: Context): string | undefined {
  const { _matchedRoute: pattern } = ctx as { readonly _matchedRoute?: unknown }
  return typeof pattern === 'string' ? pattern : undefined
}
