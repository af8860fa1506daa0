import { createHash } from 'node:crypto'
import type { Context } from '../cache/context.js'
import { askOrigin, discard } from './ask-origin.js'
import { collect, collectAlone, type Collected, type Collecting } from './body.js'
import {
  appendCacheStatus,
  type CacheStatus,
  formatCacheStatus,
  isOwnStatus,
} from './cache-status.js'
import { codingsOf, isCompressible, withCodingVary } from './codings.js'
import { conditionOf, notModifiedFields } from './conditional.js'
import type { Read } from './dependencies.js'
import type { Visit } from './exchange.js'
import type { Fetching, Landed, Pass } from './fetching.js'
import { type Fields, hasField, valueOf, withField, withoutFields } from './fields.js'
import { withoutHopByHop } from './hop-by-hop.js'
import { formatHttpDate } from './http-date.js'
import { forClients } from './lower.js'
import type { HttpResponse, ResponseHead } from './message.js'
import { conditioned } from './present.js'
import type { Lifetime, Storable } from './storable.js'
import { packResponse } from './stored-response.js'
import { hasValidator } from './validator.js'
import { tagsOf, verdictOn } from './verdict.js'
import { varyValues } from './vary.js'

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
  if (onError && isFailure(response)) {
    discard(response)
    return failed(fetching, load, response)
  }
  const exchange = { request: visit.request, response, requestAt, responseAt }
  const verdict = verdictOn(fetching, exchange)
  if (typeof verdict === 'string') {
    if (live.isWanted) live.offer(passed(fetching, response, verdict))
    else discard(response)
    load.skip()
    const hasFailed = isFailure(response) && visit.unshareable?.(response) === undefined
    return Object.freeze({ pass: verdict, hasFailed })
  }
  return await keep(fetching, load, { response, verdict, responseAt })
}

/** It is answered with what is stale. One that may come of what one client sent is no reason not to ask again. */
function failed({ visit, live }: Fetching, load: Context, response: HttpResponse): Pass {
  const failure = new OriginFailure(response.status)
  const reason = visit.unshareable?.(response)
  if (reason === undefined) load.fail(failure)
  live.fail(failure)
  load.skip()
  return Object.freeze({ pass: reason })
}

/**
 * An error that may come of what one client sent is his: nobody who waits for the same response is told of it, and it is no
 * reason not to ask again.
 */
async function asked(
  { visit, stored, live }: Fetching,
  load: Context,
): Promise<HttpResponse | Pass> {
  try {
    return await askOrigin(visit, stored, load.signal)
  } catch (error) {
    if (visit.isOwnError?.(error, stored?.vary ?? []) !== true) throw error
    live.fail(error)
    load.skip()
    return Object.freeze({ pass: 'error' })
  }
}

const FAILURES: ReadonlySet<number> = new Set([500, 502, 503, 504])

/** RFC 5861 section 4. */
export function isFailure({ status }: ResponseHead): boolean {
  return FAILURES.has(status)
}

/** A response that is not stored, for the one who asked. */
export function passed(
  { visit, forward }: Pick<Fetching, 'visit' | 'forward'>,
  response: HttpResponse,
  detail: string | undefined,
): HttpResponse {
  const status = { fwd: forward, fwdStatus: response.status, detail } as const
  const fields = told(visit, response.fields, status)
  const { body, trailers } = response
  const answer = { status: response.status, fields, body, trailers }
  return visit.isRemote === true ? answer : conditionedAsOrigin(visit, answer)
}

/**
 * RFC 9110 section 13.2: an origin evaluates the conditions of a request by the validators that its response has. Its handler
 * has not seen them where the response might have been stored. Another server has been asked, or is for its caches to judge.
 */
function conditionedAsOrigin({ request }: Visit, answer: HttpResponse): HttpResponse {
  const { status, fields } = answer
  if (!hasValidator(answer)) return answer
  // when it was made says nothing about when it was changed
  const condition = conditionOf(request, { status, fields: withoutFields(fields, DATE) })
  if (condition === 'send') return answer
  discard(answer)
  if (condition === 'failed')
    return { status: 412, fields: ['content-length', '0'], body: undefined }
  return { status: 304, fields: notModifiedFields(fields), body: undefined }
}

const DATE: ReadonlySet<string> = new Set(['date'])

interface Judged {
  readonly response: HttpResponse
  readonly verdict: Storable
  readonly responseAt: number
}

async function keep(fetching: Fetching, load: Context, judged: Judged): Promise<Landed> {
  const { visit } = fetching
  const collected = await gathered(fetching, judged)
  const read = visit.read?.()
  const reason = collected.whole
    ? obstacle(visit, judged.response, collected.bytes, read)
    : collected.reason
  if (!collected.whole || reason !== undefined) {
    load.skip()
    return Object.freeze({ pass: reason ?? 'body' })
  }
  load.tag(...tagsOf(visit.request, judged.response))
  if (read !== undefined) load.keepHere(read.names)
  const { verdict } = judged
  const lifetime = withinReach(verdict.lifetime, read)
  load.ttl(Math.min(Math.max(0, lifetime.freshFor - lifetime.initialAge), LONGEST))
  load.grace(Math.min(graceOf(fetching, verdict), LONGEST))
  return await packed(fetching, judged, lifetime, collected.bytes)
}

/** The body; who asked for it reads along. */
async function gathered(fetching: Fetching, judged: Judged): Promise<Collected> {
  const { visit, live } = fetching
  const { body, fields } = judged.response
  const options = { maxBytes: visit.rule.maxBody, announced: lengthOf(fields) }
  if (!live.isWanted) return await collectAlone(body, options)
  const collecting = collect(body, options)
  live.offer(liveAnswer(fetching, judged, collecting))
  return await collecting.collected
}

/** Why a response is not stored, known when it has come. */
function obstacle(
  visit: Visit,
  response: HttpResponse,
  body: Uint8Array,
  read: Read | undefined,
): string | undefined {
  if (visit.request.method === 'HEAD' && body.byteLength === 0) return 'length'
  return visit.unshareable?.(response) ?? (read?.isKnown === false ? 'dependency' : undefined)
}

async function packed(
  { visit, now }: Fetching,
  { response, verdict, responseAt }: Judged,
  lifetime: Lifetime,
  body: Uint8Array,
): Promise<Landed> {
  const isCoded = visit.rule.compress && isCompressible(verdict.fields)
  const vary = isCoded ? verdict.vary.filter((name) => name !== 'accept-encoding') : verdict.vary
  const fields = withoutFields(forClients(visit.rule, verdict.fields), AGE)
  return packResponse({
    status: response.status,
    fields: completed(visit, fields, body, responseAt),
    body,
    // it counts from now on, when the body has come
    lifetime: { ...lifetime, initialAge: lifetime.initialAge + now() - responseAt },
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
  // a handler that answers from this very cache has told what became of the request there
  if (visit.isRemote !== true && isOwnStatus(valueOf(said, 'cache-status'))) return said
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
