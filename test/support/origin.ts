import type { Cache } from '../../src/index.js'
import type { Origin, Visit } from '../../src/http/exchange.js'
import { linesOf, valueOf } from '../../src/http/fields.js'
import type { HttpRequest, HttpResponse } from '../../src/http/message.js'
import { ResponseCache } from '../../src/http/response-cache.js'
import {
  httpRule,
  parseRoutePolicy,
  type RoutePolicy,
  type Rule,
} from '../../src/http/route-policy.js'

/** A request as a listener makes it. */
export function get(target: string, headers: Record<string, string> = {}): HttpRequest {
  const fields = Object.entries(headers).flat()
  return { method: 'GET', scheme: 'http', authority: 'example.com', target, fields }
}

export function ok(body: string, headers: Record<string, string> = {}, status = 200): HttpResponse {
  return { status, fields: Object.entries(headers).flat(), body: Buffer.from(body) }
}

/** What a client saw. */
export interface Seen {
  readonly status: number
  readonly body: string
  readonly headers: (name: string) => string | undefined
  readonly lines: (name: string) => string[]
}

export async function seen(answer: HttpResponse | Promise<HttpResponse>): Promise<Seen> {
  const { status, fields, body } = await answer
  return {
    status,
    body: await textOf(body),
    headers: (name) => valueOf(fields, name),
    lines: (name) => linesOf(fields, name),
  }
}

async function textOf(body: HttpResponse['body']): Promise<string> {
  if (body === undefined) return ''
  if (body instanceof Uint8Array) return Buffer.from(body).toString()
  const chunks: Uint8Array[] = []
  for await (const chunk of body) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

/** An origin behind a response cache. Answers are taken in turn; the last one stays. */
export class Site {
  readonly asked: HttpRequest[] = []
  readonly responses: ResponseCache
  readonly #cache: Cache
  rule: Rule = httpRule('/page')
  answer: Origin = () => ok('page')

  constructor(cache: Cache) {
    this.responses = new ResponseCache(cache)
    this.#cache = cache
  }

  policy(policy: Partial<RoutePolicy<unknown>>): void {
    this.rule = parseRoutePolicy({ ttl: '1m', ...policy }, '/page')
  }

  /** Each further request is given the next of these. */
  answers(...all: readonly HttpResponse[]): void {
    let next = 0
    this.answer = () => all[Math.min(next++, all.length - 1)] as HttpResponse
  }

  purge(tag: string): Promise<string> {
    return this.#cache.invalidateTags(tag)
  }

  /** What the client sees; by then it has been stored as well. */
  async ask(request: HttpRequest, more: Partial<Visit> = {}): Promise<Seen> {
    const origin: Origin = (asked, signal) => {
      this.asked.push(asked)
      return this.answer(asked, signal)
    }
    const visit: Visit = { request, rule: this.rule, c: request, origin, ...more }
    const answer = await seen(this.responses.answer(visit))
    await new Promise(setImmediate)
    return answer
  }
}
