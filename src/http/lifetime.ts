import { dateIn, dateOf, lastModifiedOf } from './date-field.js'
import type { Directives } from './directives.js'
import { hasField } from './fields.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { isHeuristicallyCacheable } from './status.js'

/** The part of the time since the last change for which a response is guessed to be fresh (RFC 9111 section 4.2.2). */
const HEURISTIC_FRACTION = 0.1

/** Milliseconds: no guess goes further than a day. */
const LONGEST_HEURISTIC = 86_400_000

/** What a response says about its lifetime. */
export interface Statement {
  readonly response: ResponseHead
  readonly directives: Directives
  /** Whether the directives come from a targeted field, besides which Expires does not count (RFC 9213 section 2.2). */
  readonly targeted: boolean
  /** Wall-clock milliseconds: takes the place of a Date that is not there (RFC 9110 section 6.6.1). */
  readonly responseAt: number
}

/**
 * Milliseconds of freshness that the origin stated, for a shared cache (RFC 9111 section 4.2.1): s-maxage, else max-age, else
 * Expires. Undefined: it stated nothing.
 */
export function explicitLifetime(statement: Statement): number | undefined {
  const { directives, targeted, response } = statement
  const seconds = directives.sMaxage ?? directives.maxAge
  if (seconds !== undefined) return seconds * 1_000
  return targeted || !hasField(response.fields, 'expires') ? undefined : untilExpires(statement)
}

/**
 * Milliseconds of freshness guessed from Last-Modified (RFC 9111 section 4.2.2). Undefined: no guess is allowed, or there is
 * nothing to guess from. What may belong to one user is not guessed to be good for another.
 */
export function heuristicLifetime(
  request: HttpRequest,
  { response, directives, responseAt }: Statement,
): number | undefined {
  if (!mayGuess(request, response, directives)) return undefined
  const modified = lastModifiedOf(response, responseAt)
  const made = dateOf(response, responseAt) ?? responseAt
  if (modified === undefined || modified >= made) return undefined
  return Math.min((made - modified) * HEURISTIC_FRACTION, LONGEST_HEURISTIC)
}

/** RFC 9111 section 5.3: what is no date, `0` above all, is in the past. So is what is there twice (4.2.1). */
function untilExpires({ response, responseAt }: Statement): number {
  const expires = dateIn(response.fields, 'expires', responseAt)
  if (expires === undefined) return 0
  return Math.max(0, expires - (dateOf(response, responseAt) ?? responseAt))
}

function mayGuess(request: HttpRequest, response: ResponseHead, directives: Directives): boolean {
  if (isPersonal(request)) return false
  return directives.public || isHeuristicallyCacheable(response.status)
}

/** Whether the request says who asks. */
export function isPersonal(request: HttpRequest): boolean {
  return hasField(request.fields, 'cookie') || hasField(request.fields, 'authorization')
}
