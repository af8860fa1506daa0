import type { TagLimits } from '../entry/tag.js'
import type { Visit } from './exchange.js'
import type { Fetching } from './fetching.js'
import { type Fields, valueOf, withoutFields } from './fields.js'
import { cacheGroups, surrogateTags } from './groups.js'
import { groupTag } from './http-key.js'
import { lifetimeUnder, lowered } from './lower.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import { isRefused, RuleFault } from './rule-functions.js'
import { judge, type Storable } from './storable.js'

export interface Exchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly requestAt: number
  readonly responseAt: number
}

/** How it may be stored, or why not: a token for the detail of Cache-Status. */
export function verdictOn(fetching: Fetching, exchange: Exchange): Storable | string {
  const { visit, rules, limits } = fetching
  const { rule } = visit
  const { response } = exchange
  const reason = visit.unshareable?.(response) ?? bodyObstacle(visit, response)
  if (reason !== undefined) return reason
  const head = rule.policy === undefined ? response : lowered(rule, rule.policy, response)
  if (typeof head === 'string') return head
  if (isUnwanted(fetching, response)) return 'unless'
  const request = rule.policy === undefined ? exchange.request : underPolicy(exchange.request)
  const judged = { ...exchange, request, response: head }
  const verdict = judge(judged, { ...rules, setCookie: rule.setCookie })
  if (!verdict.storable) return verdict.reason
  // a response that cannot be given all its tags could not be invalidated by them
  if (!areTags(tagsOf(visit.request, response), limits)) return 'tags'
  if (rule.policy === undefined) return verdict
  return { ...verdict, lifetime: lifetimeUnder(rule.policy, verdict.lifetime) }
}

/** By the rule's own word; one that cannot be heard counts as a no. */
function isUnwanted({ visit, onRuleFault }: Fetching, response: ResponseHead): boolean {
  try {
    return isRefused(visit.rule, visit.c, response)
  } catch (error) {
    if (!(error instanceof RuleFault)) throw error
    onRuleFault(error)
    return true
  }
}

/** The whole is made for a HEAD as well, and what a client says of caching does not count: it cannot make the origin work. */
function underPolicy(request: HttpRequest): HttpRequest {
  return { ...request, method: 'GET', fields: withoutFields(request.fields, WISHES) }
}

const WISHES: ReadonlySet<string> = new Set(['cache-control', 'pragma'])

function bodyObstacle({ request }: Visit, response: HttpResponse): string | undefined {
  if (isEventStream(response.fields)) return 'stream'
  return request.method === 'HEAD' && isEmpty(response) ? 'length' : undefined
}

/** It has no end. */
function isEventStream(fields: Fields): boolean {
  return valueOf(fields, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true
}

/** The head of something, by an origin that makes no whole for it. */
function isEmpty({ body }: HttpResponse): boolean {
  return body === undefined || (body instanceof Uint8Array && body.byteLength === 0)
}

/** That a response brings along. */
export function tagsOf(request: HttpRequest, { fields }: ResponseHead): readonly string[] {
  const groups = cacheGroups(fields).map((group) => groupTag(request, group))
  return [...new Set([...surrogateTags(fields), ...groups])]
}

function areTags(tags: readonly string[], { tagsPerEntry, tagBytes }: TagLimits): boolean {
  return tags.length <= tagsPerEntry && tags.every((tag) => Buffer.byteLength(tag) <= tagBytes)
}
