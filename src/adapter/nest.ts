import type { IncomingMessage } from 'node:http'
import type { CallHandler, ExecutionContext, NestInterceptor } from '@nestjs/common'
import type { Request, Response } from 'express'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Cache } from '../cache/cache.js'
import { valueOf } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'
import type { RoutePolicy } from '../http/route-policy.js'
import { CapturedResponse } from './captured-response.js'
import { addressOf, narrowedIn, patternOf } from './express-request.js'
import { fieldsOfReply, narrowedIn as narrowedInFastify } from './fastify-request.js'
import { requestOf } from './node-request.js'
import { type NodeVisit, visitNode } from './node-visit.js'
import { isPlainQuery } from './parsed-query.js'
import { responsesOf } from './responses-of.js'
import { RouteRules } from './route-rules.js'
import { visibleTarget } from './visible.js'
import { writeBody } from './write-answer.js'
import { fieldsSet } from './written-head.js'

export type { RouteKeyOptions, RoutePolicy } from '../http/route-policy.js'

/** What a policy's functions are given: the platform's request, of which these are alike. */
export interface NestRequest {
  readonly method: string
  readonly originalUrl: string
  readonly headers: IncomingMessage['headers']
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, unknown>>
}

type Platform = Pick<
  NodeVisit,
  'rule' | 'req' | 'res' | 'request' | 'narrowed' | 'other' | 'before'
>

/**
 * An interceptor that keeps what the handlers of routes answer, on Express and on Fastify. With a policy: as the policy says.
 * Without one: as the responses say themselves (RFC 9111). Guards run before it. Throws `InvalidOptionError`.
 */
export function cached(cache: Cache, policy?: RoutePolicy<NestRequest>): NestInterceptor {
  const responses = responsesOf(cache)
  const rules = new RouteRules(policy)
  function intercept(context: ExecutionContext, next: CallHandler): Promise<Handled> | Handled {
    if (context.getType() !== 'http') return next.handle()
    const c = context.switchToHttp().getRequest<Request | FastifyRequest>()
    const reply = context.switchToHttp().getResponse<Response | FastifyReply>()
    const platform =
      'raw' in c
        ? onFastify(c, reply as FastifyReply, rules)
        : onExpress(c, reply as Response, rules)
    return new Promise((resolve, reject) => {
      const visited = visitNode({
        ...platform,
        responses,
        c,
        run: () => resolve(next.handle()),
        give: (answer) => {
          const sent = giveAround(platform, answer)
          // a stale answer: this handler may be the one that is to make a new response
          if (!isStale(answer)) resolve(NOTHING)
          return sent
        },
      })
      visited?.then(undefined, reject)
    })
  }
  return { intercept: intercept as NestInterceptor['intercept'] }
}

type Handled = ReturnType<CallHandler['handle']>

/** Completes without a value: RxJS takes a list for an observable of its members. */
const NOTHING = [] as unknown as Handled

function onExpress(req: Request, res: Response, rules: RouteRules<NestRequest>): Platform {
  return {
    rule: rules.of(patternOf(req)),
    req,
    res,
    request: requestOf(req, addressOf(req)),
    narrowed: (rule) => narrowedIn(req, rule),
  }
}

function onFastify(
  request: FastifyRequest,
  reply: FastifyReply,
  rules: RouteRules<NestRequest>,
): Platform {
  const { raw, host, protocol, originalUrl } = request
  const rule = rules.of(request.routeOptions.url)
  const isPlain = rule.key.query === undefined || isPlainQuery(request.query, originalUrl)
  const before = fieldsOfReply(reply)
  return {
    rule,
    req: raw,
    res: reply.raw,
    request: isPlain ? requestOf(raw, { scheme: protocol, host, target: originalUrl }) : undefined,
    narrowed: () => ({ url: visibleTarget(rule, raw.url ?? '/') }),
    other: () => [request, narrowedInFastify(request, rule)],
    before: () => before,
  }
}

/** Nest answers whatever comes of an interceptor; here that has been done, and what it writes goes nowhere. */
function giveAround(platform: Platform, answer: HttpResponse): void | Promise<void> {
  const { req, res, before } = platform
  const captured = new CapturedResponse({
    req,
    res,
    before: before === undefined ? fieldsSet(res) : before(),
    aside: (real) => real(),
    onEnd: () => undefined,
  })
  return writeBody(captured.answer(answer), answer)
}

function isStale({ fields }: HttpResponse): boolean {
  return valueOf(fields, 'cache-status')?.includes('detail=stale') === true
}
