import { Readable } from 'node:stream'
import type {
  FastifyInstance,
  FastifyPluginCallback,
  FastifyReply,
  FastifyRequest,
  preHandlerHookHandler,
  preValidationHookHandler,
  RouteOptions,
} from 'fastify'
import type { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'
import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'
import type { ResponseCache } from '../http/response-cache.js'
import type { RoutePolicy, Rule } from '../http/route-policy.js'
import { fieldsOfReply, narrowedIn } from './fastify-request.js'
import { requestOf } from './node-request.js'
import { visitNode } from './node-visit.js'
import { joinedLines, namesOf } from './own-fields.js'
import { isPlainQuery } from './parsed-query.js'
import { responsesOf } from './responses-of.js'
import { RouteRules } from './route-rules.js'
import { visibleTarget } from './visible.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

/** What a policy's functions are given. */
export type CachedRequest = FastifyRequest<{
  Params: Record<string, string>
  Querystring: Record<string, string | string[] | undefined>
}>

export interface StrataCacheOptions {
  readonly cache: Cache
  /** Which routes: those whose config says so, or also all others, by what their responses say. Default 'configured'. */
  readonly routes?: 'configured' | 'all'
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** A policy; true: by what the responses say (RFC 9111); false: not at all. */
    cache?: RoutePolicy<CachedRequest> | boolean
  }
}

/** Keeps the responses of the routes that are added after it, as their `config.cache` says. */
export const strataCache: FastifyPluginCallback<StrataCacheOptions> = Object.assign(
  function strataCache(
    fastify: FastifyInstance,
    options: StrataCacheOptions,
    done: (error?: Error) => void,
  ): void {
    const { routes = 'configured' } = options
    const responses = responsesOf(options.cache)
    if (routes !== 'configured' && routes !== 'all') {
      throw new InvalidOptionError('routes', routes, "'configured' or 'all'")
    }
    fastify.addHook('onRoute', (route) => addTo(route, responses, routes === 'all'))
    done()
  },
  {
    // what fastify-plugin says: the hooks are for the instance that registers it
    [Symbol.for('skip-override')]: true,
    [Symbol.for('fastify.display-name')]: 'strata-cache',
    [Symbol.for('plugin-meta')]: { name: 'strata-cache', fastify: '5.x' },
  },
)

function addTo(route: RouteOptions, responses: ResponseCache, isDefault: boolean): void {
  const said = route.config?.cache ?? isDefault
  if (said === false) return
  const policy = said === true ? undefined : said
  const rule = new RouteRules(policy, 'config.cache').of(route.url)
  if (rule.key.query !== undefined) {
    route.preValidation = [route.preValidation ?? [], lookAtQuery].flat()
  }
  // after all that decides who may ask
  route.preHandler = [route.preHandler ?? [], cachedBy(responses, rule)].flat()
}

/** Requests whose query the application's own parser takes for something else than names and values. */
const withOtherQuery = new WeakSet<FastifyRequest>()

const lookAtQuery: preValidationHookHandler = (request, _reply, done) => {
  if (!isPlainQuery(request.query, request.originalUrl)) withOtherQuery.add(request)
  done()
}

function cachedBy(responses: ResponseCache, rule: Rule): preHandlerHookHandler {
  return function strataCached(request, reply, done): void {
    const { raw, host, protocol, originalUrl } = request
    const before = fieldsOfReply(reply)
    const visited = visitNode({
      responses,
      rule,
      req: raw,
      res: reply.raw,
      request: withOtherQuery.has(request)
        ? undefined
        : requestOf(raw, { scheme: protocol, host, target: originalUrl }),
      c: request,
      before: () => before,
      run: () => {
        setFields(reply, before) // an earlier answer may have been given: a stale one
        done()
      },
      narrowed: () => ({ url: visibleTarget(rule, raw.url ?? '/') }),
      other: () => [request, narrowedIn(request, rule)],
      give: (answer) => give(reply, answer, before),
    })
    visited?.then(undefined, done)
  }
}

/** By way of the hooks that look at what is sent. */
function give(reply: FastifyReply, { status, fields, body }: HttpResponse, before: Fields): void {
  if (reply.request.method === 'HEAD') return giveHead(reply, { status, fields, body }, before)
  reply.code(status)
  for (const name of namesOf(fields)) setLines(reply, name, joinedLines(name, before, fields))
  void reply.send(
    body === undefined || body instanceof Uint8Array
      ? body && Buffer.from(body.buffer, body.byteOffset, body.byteLength)
      : Readable.from(body),
  )
}

/** Fastify's own HEAD routes take what is sent for the body, and its length for the length. */
function giveHead(reply: FastifyReply, { status, fields }: HttpResponse, before: Fields): void {
  const { raw } = reply.hijack()
  for (const name of namesOf(before)) raw.setHeader(name, joinedLines(name, [], before))
  for (const name of namesOf(fields)) raw.setHeader(name, joinedLines(name, before, fields))
  raw.writeHead(status).end()
}

function setFields(reply: FastifyReply, fields: Fields): void {
  for (const name of Object.keys(reply.getHeaders())) reply.removeHeader(name)
  for (const name of namesOf(fields)) setLines(reply, name, joinedLines(name, [], fields))
}

function setLines(reply: FastifyReply, name: string, lines: readonly string[]): void {
  reply.removeHeader(name) // lines of Set-Cookie would be added
  void reply.header(name, lines.length === 1 ? lines[0] : lines)
}
