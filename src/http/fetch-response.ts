import { createHash } from 'node:crypto'
import type { RawBody } from '../entry/raw-body.js'
import type { TagLimits } from '../entry/tag.js'
import type { Context } from '../cache/context.js'
import { askOrigin, discard } from './ask-origin.js'
import { collect, collectAlone, type Collecting } from './body.js'
import { type CacheStatus, formatCacheStatus, appendCacheStatus } from './cache-status.js'
import { codingsOf, isCompressible, withCodingVary } from './codings.js'
import { conditionOf } from './conditional.js'
import type { Read } from './dependencies.js'
import type { Visit } from './exchange.js'
import { type Fields, hasField, valueOf, withField, withoutFields } from './fields.js'
import { cacheGroups, surrogateTags } from './groups.js'
import { withoutHopByHop } from './hop-by-hop.js'
import { formatHttpDate } from './http-date.js'
import { groupTag } from './http-key.js'
import type { Live } from './live.js'
import { forClients, lifetimeUnder, lowered } from './lower.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import { conditioned } from './present.js'
import { isRefused, RuleFault } from './rule-functions.js'
import { type CacheRules, judge, type Lifetime, type Storable } from './storable.js'
import { packResponse, type StoredResponse } from './stored-response.js'
import { varyValues } from './vary.js'

/** What a load brings for those who wait: a response, or that each has to ask for himself. */
export type Landed = RawBody | Pass

export interface Pass {
  readonly pass: string
}

export interface Fetching {
  readonly visit: Visit
  /** At hand, to be validated. */
  readonly stored: StoredResponse | undefined
  /** An error of the origin is answered with it. */
  readonly onError: boolean
  readonly live: Live
  /** Why it was asked for, for Cache-Status. */
  readonly forward: CacheStatus['fwd']
  readonly rules: CacheRules
  /** Of the tags that a response brings along, beside those of its rule. */
  readonly limits: TagLimits
  /** Wall-clock milliseconds. */
  readonly now: () => number
  readonly onRuleFault: (fault: RuleFault) => void
}

/** How the origin answered when a stored response was at hand to be used instead. */
export class OriginFailure extends Error {
  readonly status: number

  constructor(status: number) {
    super(`the origin answered ${status}`)
    this.status = status
  }
}

/** Asks the origin and decides, once, what becomes of its response. */
export async function fetchResponse(fetching: Fetching, load: Context): Promise<Landed> {
  const { visit, onError, live } = fetching
  const requestAt = fetching.now()
  const response = await asked(fetching, load)
  if ('pass' in response) return response
  const responseAt = fetching.now()
  // RFC 5861 section 4: an error is any of 500, 502, 503, 504
  if (onError && FAILURES.has(response.status)) {
    discard(response)
    load.fail(new OriginFailure(response.status))
  }
  const exchange = { request: visit.request, response, requestAt, responseAt }
  const verdict = verdictOn(fetching, exchange)
  if (typeof verdict === 'string') {
    if (live.isWanted) live.offer(passed(fetching, response, verdict))
    else discard(response)
    load.skip()
    return Object.freeze({ pass: verdict })
  }
  return await keep(fetching, load, { response, verdict, responseAt })
}

/** An error that may come of what one client sent is his: nobody who waits for the same response is told of it. */
async function asked(
  { visit, stored, onError, live }: Fetching,
  load: Context,
): Promise<HttpResponse | Pass> {
  try {
    return await askOrigin(visit, stored, load.signal)
  } catch (error) {
    if (onError || visit.unshareable?.(undefined) === undefined) throw error
    live.fail(error)
    load.skip()
    return Object.freeze({ pass: 'error' })
  }
}

const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** A response that is not stored, for the one who asked. */
export function passed(
  { visit, forward }: Pick<Fetching, 'visit' | 'forward'>,
  response: HttpResponse,
  detail: string | undefined,
): HttpResponse {
  const status = { fwd: forward, fwdStatus: response.status, detail } as const
  const fields = told(visit, response.fields, status)
  const { body, trailers } = response
  return { status: response.status, fields, body, trailers }
}

interface Exchange {
  readonly request: HttpRequest
  readonly response: HttpResponse
  readonly requestAt: number
  readonly responseAt: number
}

/** How it may be stored, or why not. */
function verdictOn(fetching: Fetching, exchange: Exchange): Storable | string {
  const { visit, rules, limits } = fetching
  const { rule, unshareable } = visit
  const { response } = exchange
  const reason = unshareable?.(response)
  if (reason !== undefined) return reason
  if (isEventStream(response.fields)) return 'stream'
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

/** It has no end. */
function isEventStream(fields: Fields): boolean {
  return valueOf(fields, 'content-type')?.toLowerCase().startsWith('text/event-stream') === true
}

interface Judged {
  readonly response: HttpResponse
  readonly verdict: Storable
  readonly responseAt: number
}

async function keep(fetching: Fetching, load: Context, judged: Judged): Promise<Landed> {
  const { visit, live } = fetching
  const { response, verdict, responseAt } = judged
  const { maxBody } = visit.rule
  const options = { maxBytes: maxBody, announced: lengthOf(response.fields) }
  let collected
  if (live.isWanted) {
    const collecting = collect(response.body, options)
    live.offer(liveAnswer(fetching, judged, collecting))
    collected = await collecting.collected
  } else collected = await collectAlone(response.body, options)
  const read = visit.read?.()
  const reason = collected.whole
    ? (visit.unshareable?.(response) ?? (read?.isKnown === false ? 'dependency' : undefined))
    : collected.reason
  if (!collected.whole || reason !== undefined) {
    load.skip()
    return Object.freeze({ pass: reason ?? 'body' })
  }
  load.tag(...tagsOf(visit.request, response))
  if (read !== undefined) load.keepHere(read.names)
  const lifetime = withinReach(verdict.lifetime, read)
  const isCoded = visit.rule.compress && isCompressible(verdict.fields)
  const vary = isCoded ? verdict.vary.filter((name) => name !== 'accept-encoding') : verdict.vary
  load.ttl(Math.min(Math.max(0, lifetime.freshFor - lifetime.initialAge), LONGEST))
  load.grace(Math.min(graceOf(fetching, verdict), LONGEST))
  const body = collected.bytes
  return packResponse({
    status: response.status,
    fields: completed(
      visit,
      withoutFields(forClients(visit.rule, verdict.fields), AGE),
      body,
      responseAt,
    ),
    body,
    // it counts from now on, when the body has come
    lifetime: { ...lifetime, initialAge: lifetime.initialAge + fetching.now() - responseAt },
    vary,
    varyValues: varyValues(visit.request.fields, vary),
    codings: isCoded && body.byteLength >= LEAST_CODED ? await codingsOf(body) : [],
  })
}

/** Of this very exchange: each answer gets its own. */
const AGE: ReadonlySet<string> = new Set(['age', 'cache-status'])

/** What a response was made of ends its freshness with its own. */
function withinReach(lifetime: Lifetime, read: Read | undefined): Lifetime {
  if (read === undefined) return lifetime
  return { ...lifetime, freshFor: Math.min(lifetime.freshFor, lifetime.initialAge + read.freshFor) }
}

/** Bytes; below that a coding saves nothing. */
const LEAST_CODED = 1_024

/** Bytes as announced; a malformed length is none. */
function lengthOf(fields: Fields): number | undefined {
  const value = valueOf(fields, 'content-length')
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}

/** For the one whose request it was: with what is his alone (a cookie that is not stored). */
function liveAnswer(fetching: Fetching, judged: Judged, { live }: Collecting): HttpResponse {
  const { visit, forward, stored } = fetching
  const { response, responseAt } = judged
  const { request } = visit
  const isWhole = live === undefined || live instanceof Uint8Array
  const status: CacheStatus = {
    fwd: forward,
    fwdStatus: stored === undefined ? undefined : response.status,
    stored: isWhole,
  }
  const own = told(visit, response.fields, status)
  if (!isWhole) {
    const head = { status: response.status, fields: own }
    const { trailers } = response
    if (conditionOf(request, head) === 'send') return { ...head, body: live, trailers }
    const nothing = conditioned(request, head, { ...head, body: NOTHING })
    void live[Symbol.asyncIterator]().return?.()
    return nothing
  }
  const body = live ?? NOTHING
  const head = { status: response.status, fields: completed(visit, own, body, responseAt) }
  return conditioned(request, head, { ...head, body })
}

const NOTHING = new Uint8Array(0)

/** What leaves for the client of a response that came now. */
function told(visit: Visit, fields: Fields, status: CacheStatus): Fields {
  const said = forClients(visit.rule, withoutHopByHop(fields))
  return withField(
    said,
    'cache-status',
    appendCacheStatus(valueOf(said, 'cache-status'), formatCacheStatus(status)),
  )
}

/** With what a stored response needs: a validator, a date, a length. */
function completed({ rule }: Visit, fields: Fields, body: Uint8Array, at: number): Fields {
  const varied = rule.compress && isCompressible(fields) ? withCodingVary(fields) : fields
  const added: string[] = []
  if (!hasField(fields, 'etag')) added.push('etag', etagOf(body))
  if (!hasField(fields, 'date')) added.push('date', formatHttpDate(at))
  if (!hasField(fields, 'content-length')) added.push('content-length', String(body.byteLength))
  return added.length === 0 ? varied : [...varied, ...added]
}

function etagOf(body: Uint8Array): string {
  return `"${createHash('sha256').update(body).digest('base64url').slice(0, 27)}"`
}

/** Milliseconds: a year, which is the most that an entry may have. A response may say more. */
const LONGEST = 31_536_000_000

/** Milliseconds a response is kept beyond its freshness when nothing says how long. */
const KEPT_WITH_VALIDATOR = 3_600_000
const KEPT = 600_000

/** Of a policy its own; else as long as it may be of use: stale, or to be validated. */
function graceOf({ visit }: Fetching, { lifetime, fields }: Storable): number {
  const { policy } = visit.rule
  if (policy !== undefined) return policy.grace
  const hasValidator = hasField(fields, 'etag') || hasField(fields, 'last-modified')
  const least = hasValidator ? KEPT_WITH_VALIDATOR : KEPT
  return Math.max(lifetime.staleWhileRevalidate, lifetime.staleIfError, least)
}

function tagsOf(request: HttpRequest, { fields }: ResponseHead): readonly string[] {
  const groups = cacheGroups(fields).map((group) => groupTag(request, group))
  return [...new Set([...surrogateTags(fields), ...groups])]
}

function areTags(tags: readonly string[], { tagsPerEntry, tagBytes }: TagLimits): boolean {
  return tags.length <= tagsPerEntry && tags.every((tag) => Buffer.byteLength(tag) <= tagBytes)
}
