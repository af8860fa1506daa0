import type { Context, MiddlewareHandler, Next } from 'hono'
import type { Cache } from '../cache/cache.js'
import { formatCacheStatus } from '../http/cache-status.js'
import { type Fields, hasField, valueOf } from '../http/fields.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import type { ResponseCache } from '../http/response-cache.js'
import type { RoutePolicy, Rule } from '../http/route-policy.js'
import { isSafe } from '../http/unsafe.js'
import { authorityOf } from './authority.js'
import { bypassReason } from './bypass.js'
import { fieldsIn, headersOf, messageOf, responseOf } from './fetch-message.js'
import { runBehind } from './hono-run.js'
import { Nesting, type Place } from './nesting.js'
import { responsesOf } from './responses-of.js'
import { RouteRules, ruleFor } from './route-rules.js'
import { saidBlindly, visibleFields, visibleTarget } from './visible.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

const nesting = new Nesting()

/**
 * Keeps what the handlers after it answer. With a policy: as the policy says (a route's own middleware, after whatever
 * decides who may ask). Without one: as the responses say themselves (RFC 9111). Throws `InvalidOptionError`.
 */
export function cached(cache: Cache, policy?: RoutePolicy<Context>): MiddlewareHandler {
  const responses = responsesOf(cache)
  const rules = new RouteRules(policy)
  return async function strataCached(c, next): Promise<void> {
    const request = requestOf(c)
    const isRead = c.req.method === 'GET' || c.req.method === 'HEAD'
    if (request === undefined || (!isRead && isSafe(c.req.method))) return await next()
    const rule = rules.of(patternOf(c))
    const reason = isRead ? bypassReason(rule, request) : undefined
    if (reason !== undefined) {
      await next()
      return c.header('cache-status', formatCacheStatus({ fwd: 'bypass', detail: reason }))
    }
    const place = nesting.enter(c.req.raw, rule, request)
    if (place === undefined) return await next()
    const visit = { responses, rule, place }
    await (isRead ? answer(c, visit) : change(c, next, visit))
  }
}

interface HonoVisit {
  readonly responses: ResponseCache
  readonly rule: Rule
  readonly place: Place
}

async function answer(c: Context, visit: HonoVisit): Promise<void> {
  const { responses, rule, place } = visit
  const { request, unshareable, isOwnError } = place
  const there = fieldsIn(c.body(null).headers)
  const { raw } = c.req
  try {
    const given = await responses.answer({
      request,
      rule: ruleFor(rule, request.method),
      c,
      unshareable,
      isOwnError,
      origin: async (asked, signal) => {
        const seen = requestSeen(rule, asked, request, signal)
        place.asks(asked)
        nesting.follow(seen, raw)
        return said(rule, await messageOf(await runBehind(c, seen)), there)
      },
      // a hit in memory has no use for it
      get signal(): AbortSignal {
        return raw.signal
      },
    })
    give(c, responseOf(given, there))
  } catch (error) {
    if (!raw.signal.aborted) throw error
    give(c, new Response(null, { status: 499 })) // nobody is there to be answered
  }
}

/** A method that changes something: its handler runs as ever, and what it has changed is invalidated before it is told. */
async function change(c: Context, next: Next, visit: HonoVisit): Promise<void> {
  const { responses, rule, place } = visit
  const given = await responses.answer({
    request: place.request,
    rule,
    c,
    origin: async () => {
      await next()
      return { status: c.res.status, fields: fieldsIn(c.res.headers), body: undefined }
    },
  })
  c.header('cache-status', valueOf(given.fields, 'cache-status'))
}

/** Not merged with what was there: that has been done. */
function give(c: Context, response: Response): void {
  c.res = undefined
  c.res = response
}

/** What was set before counts where it says who may keep the body. */
function said(rule: Rule, response: HttpResponse, there: Fields): HttpResponse {
  const before = valueOf(there, 'cache-control')
  const own = saidBlindly(rule, response.fields)
  const says = before === undefined || hasField(own, 'cache-control')
  return { ...response, fields: says ? own : [...own, 'cache-control', before] }
}

function requestOf(c: Context): HttpRequest | undefined {
  const { url, headers } = c.req.raw
  const [, word = '', host, rest = ''] = /^(https?):\/\/([^/?#]*)([^#]*)/.exec(url) ?? []
  const scheme = word === 'https' ? 'https' : 'http'
  const authority = authorityOf(scheme, host)
  if (authority === undefined || (rest !== '' && !rest.startsWith('/'))) return undefined
  const target = rest === '' ? '/' : rest
  return { method: c.req.method, scheme, authority, target, fields: fieldsIn(headers) }
}

function requestSeen(
  rule: Rule,
  asked: HttpRequest,
  request: HttpRequest,
  signal: AbortSignal | undefined,
): Request {
  const { scheme, authority, target } = asked
  const url = `${scheme}://${authority}${visibleTarget(rule, target)}`
  const headers = headersOf(visibleFields(rule, asked, request))
  return new Request(url, {
    method: request.method,
    headers,
    ...(signal === undefined ? {} : { signal }),
  })
}

/** Of the route this stands in, below its base paths. None for the whole application. */
function patternOf({ req }: Context): string | undefined {
  const { routePath } = req as { readonly routePath?: string }
  return routePath === undefined || routePath === '*' || routePath === '/*' ? undefined : routePath
}
