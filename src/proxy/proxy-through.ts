import type { Visit } from '../http/exchange.js'
import type { Fill } from '../http/fill.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'
import { pass } from '../http/pass.js'
import type { ResponseCache } from '../http/response-cache.js'
import { httpRule, type Rule } from '../http/route-policy.js'
import type { ForwardRequest } from './forward-request.js'
import type { OriginServer } from './origin-server.js'
import { isUnkeyedCookie, underPolicy } from './policy-request.js'
import { isOfRequest } from './origin-failure.js'
import { refusal } from './refusal.js'

export interface ProxyOptions {
  /** Default `httpRule(undefined)`: what the origin says of its responses counts. */
  readonly rule?: Rule | undefined
}

export interface ProxiedBy {
  /** Aborts when the client has gone. A hit does not ask for it. */
  readonly signal?: AbortSignal | undefined
  /** What the rule's functions are given. */
  readonly c?: unknown
  /** What is kept for it answers others as well. */
  readonly fill?: Fill | undefined
}

/** Answers a request from the cache or from the origin. Rejects as `OriginServer.send` does, or with `OverloadedError`. */
export type Proxy = (incoming: ForwardRequest, by?: ProxiedBy) => Promise<HttpResponse>

export function proxyThrough(
  responses: ResponseCache,
  origin: OriginServer,
  { rule = httpRule(undefined) }: ProxyOptions = {},
): Proxy {
  return async (incoming, by = {}) => {
    const refused = refusal(incoming, origin)
    if (refused !== undefined) return refused
    let isAnswered = false
    const { onInformation } = incoming
    const request = origin.outbound({
      ...incoming,
      // of a load that goes on behind a client's back he hears nothing
      onInformation: (status, fields) => {
        if (!isAnswered) onInformation?.(status, fields)
      },
    })
    try {
      const visit = visitOf({ request, rule, origin, c: by.c ?? incoming, by })
      return await answerTo(responses, visit, request)
    } finally {
      isAnswered = true
    }
  }
}

interface Proxied {
  readonly request: ForwardRequest
  readonly rule: Rule
  readonly origin: OriginServer
  readonly c: unknown
  readonly by: ProxiedBy
}

function visitOf({ request, rule, origin, c, by }: Proxied): Visit {
  return {
    request,
    rule,
    c,
    get signal() {
      return by.signal
    },
    isRemote: true,
    isOwnError: (error) => rule.policy === undefined && isOfRequest(error),
    fill: by.fill,
    origin: (asked, signal) => origin.send({ ...request, ...seenBy(rule, request, asked) }, signal),
  }
}

/** What goes past the cache goes as it came; what may be kept, under a policy, as the key has it. */
function seenBy(rule: Rule, request: ForwardRequest, asked: HttpRequest): HttpRequest {
  return rule.policy === undefined || asked === request ? asked : underPolicy(rule, asked)
}

/** A body says something that no key has (RFC 9110 section 9.3.1), and so does a cookie that a policy does not mention. */
function answerTo(
  responses: ResponseCache,
  visit: Visit,
  { method, body, fields }: ForwardRequest,
): HttpResponse | Promise<HttpResponse> {
  const isRead = method === 'GET' || method === 'HEAD'
  if (isRead && body !== undefined) return pass(visit, 'body')
  if (isRead && isUnkeyedCookie(visit.rule, fields)) return pass(visit, 'cookie')
  return responses.answer(visit)
}
