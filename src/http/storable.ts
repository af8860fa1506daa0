import { correctedInitialAge } from './age.js'
import { dateOf } from './date-field.js'
import { type Directives, parseDirectives } from './directives.js'
import { type Fields, hasField, linesOf, withField } from './fields.js'
import { formatHttpDate } from './http-date.js'
import { explicitLifetime, heuristicLifetime, isPersonal } from './lifetime.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { isHeuristicallyCacheable } from './status.js'
import { obstacleTo, type Reason } from './obstacle.js'
import { storedFields, withholdsNeeded } from './stored-fields.js'
import { targetedDirectives } from './targeted.js'
import { hasValidator } from './validator.js'
import { varyOf } from './vary.js'

/** A request and the head of its response; wall-clock milliseconds of when the one was sent and the other had come. */
export interface Exchange {
  readonly request: HttpRequest
  readonly response: ResponseHead
  readonly requestAt: number
  readonly responseAt: number
}

export interface CacheRules {
  /** Targeted fields, lower case, the most specific first (RFC 9213). */
  readonly targeted: readonly string[]
  /** Whether freshness may be guessed (RFC 9111 section 4.2.2). */
  readonly heuristics: boolean
  /** Set-Cookie in the response: not stored, or stored without it. */
  readonly setCookie: 'refuse' | 'strip'
}

/** All that later reads need to know about the time of a stored response. Milliseconds. */
export interface Lifetime {
  /** How old it was when it came. */
  readonly initialAge: number
  /** Until which age it is fresh. */
  readonly freshFor: number
  /** How long after that it may be served while it is being revalidated (RFC 5861 section 3). */
  readonly staleWhileRevalidate: number
  /** How long after that it may be served when the origin fails (RFC 5861 section 4). */
  readonly staleIfError: number
  /** Never served stale, whatever a request says. */
  readonly mustRevalidate: boolean
  /** Never served without validation, not even fresh. */
  readonly noCache: boolean
}

export interface Storable {
  readonly storable: true
  /** Without what ends at this hop or belongs to one user; always with a Date. */
  readonly fields: Fields
  readonly lifetime: Lifetime
  /** Request fields that select it: lower case, sorted, each once. */
  readonly vary: readonly string[]
}

export interface Unstorable {
  readonly storable: false
  readonly reason: Reason
}

/** Whether a shared cache may store the response (RFC 9111 section 3), and what it has to remember about it. */
export function judge(exchange: Exchange, rules: CacheRules): Storable | Unstorable {
  const { request, response } = exchange
  const { fields } = response
  const targeted = targetedDirectives(fields, rules.targeted)
  const directives = targeted ?? parseDirectives(linesOf(fields, 'cache-control'))
  const reason = obstacleTo(request, response, directives, rules.setCookie)
  if (reason !== undefined) return { storable: false, reason }
  const vary = varyOf(fields)
  if (vary === '*') return { storable: false, reason: 'vary-star' }
  const lifetime = lifetimeOf(exchange, directives, targeted !== undefined, rules)
  if (lifetime === undefined) return { storable: false, reason: 'no-freshness' }
  return {
    storable: true,
    fields: withDate(storedFields(fields, directives), exchange),
    lifetime,
    vary,
  }
}

/** Undefined: the origin did not make it cacheable (RFC 9111 section 3, last condition), or it could never be reused. */
function lifetimeOf(
  exchange: Exchange,
  directives: Directives,
  targeted: boolean,
  rules: CacheRules,
): Lifetime | undefined {
  const { request, response, responseAt } = exchange
  const statement = { response, directives, targeted, responseAt }
  const explicit = explicitLifetime(statement)
  if (explicit === undefined && !isCacheable(request, response, directives)) return undefined
  const guessed = rules.heuristics && explicit === undefined
  const freshFor = explicit ?? (guessed ? heuristicLifetime(request, statement) : undefined) ?? 0
  const lifetime = {
    initialAge: correctedInitialAge(response, exchange),
    freshFor,
    ...graceOf(directives),
  }
  return isOfUse(lifetime) || hasValidator(response) ? lifetime : undefined
}

/** Without stated freshness (RFC 9111 section 3): marked public, or of a status that is cacheable without a mark. */
function isCacheable(
  request: HttpRequest,
  response: ResponseHead,
  directives: Directives,
): boolean {
  if (directives.public) return true
  // Stricter than the RFC: a page for whoever sent this Cookie would be validated for others, perhaps by its date alone.
  return isHeuristicallyCacheable(response.status) && !isPersonal(request)
}

/**
 * What may happen after freshness. must-revalidate and proxy-revalidate forbid all of it (RFC 9111 sections 5.2.2.2, 5.2.2.8).
 * s-maxage means the latter (5.2.2.10), but where it stands beside an extension of RFC 5861 the origin has said in so many
 * words what may be served stale, and for how long: that much is allowed.
 */
function graceOf(
  directives: Directives,
): Pick<Lifetime, 'staleWhileRevalidate' | 'staleIfError' | 'mustRevalidate' | 'noCache'> {
  const { mustRevalidate, proxyRevalidate, sMaxage } = directives
  const strict = mustRevalidate || proxyRevalidate || sMaxage !== undefined
  const noCache = directives.noCache === true || withholdsNeeded(directives.noCache)
  const none = mustRevalidate || proxyRevalidate || noCache
  return {
    staleWhileRevalidate: none ? 0 : (directives.staleWhileRevalidate ?? 0) * 1_000,
    staleIfError: none ? 0 : (directives.staleIfError ?? 0) * 1_000,
    mustRevalidate: strict,
    noCache,
  }
}

/** Whether it can be served at least once without being validated. */
function isOfUse(lifetime: Lifetime): boolean {
  const { initialAge, freshFor, staleWhileRevalidate, staleIfError, noCache } = lifetime
  return !noCache && initialAge < freshFor + Math.max(staleWhileRevalidate, staleIfError)
}

/** RFC 9110 section 6.6.1: what comes without a usable Date is stored with the time it came. */
function withDate(fields: Fields, { response, responseAt }: Exchange): Fields {
  const dated = hasField(fields, 'date') && dateOf(response, responseAt) !== undefined
  return dated ? fields : withField(fields, 'date', formatHttpDate(responseAt))
}
