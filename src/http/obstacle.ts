import { type Directives, requestDirectives } from './directives.js'
import { type Fields, hasField } from './fields.js'
import { isToken } from './field-list.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { isStorableStatus, isUnderstood } from './status.js'
import { isWithheld, withholdsNeeded } from './stored-fields.js'

/** Why a response is not stored: tokens for the detail of Cache-Status (RFC 9211). */
export type Reason =
  | 'malformed'
  | 'method'
  | 'status'
  | 'partial'
  | 'no-store'
  | 'private'
  | 'authorization'
  | 'set-cookie'
  | 'vary-star'
  | 'no-freshness'

/** Why a shared cache must not store the response, whatever its lifetime (RFC 9111 section 3). Undefined: nothing. */
export function obstacleTo(
  request: HttpRequest,
  response: ResponseHead,
  directives: Directives,
  setCookie: 'refuse' | 'strip',
): Reason | undefined {
  if (isMalformed(response.fields)) return 'malformed'
  return (
    obstacleInKind(request, response) ??
    obstacleInDirectives(request, response, directives) ??
    obstacleInCookies(response, directives, setCookie)
  )
}

/** Only what is understood is stored: GET, and whole final responses (RFC 9111 sections 3 and 3.3). */
function obstacleInKind(request: HttpRequest, response: ResponseHead): Reason | undefined {
  if (request.method !== 'GET') return 'method'
  if (response.status === 206 || hasField(response.fields, 'content-range')) return 'partial'
  return isStorableStatus(response.status) ? undefined : 'status'
}

function obstacleInDirectives(
  request: HttpRequest,
  response: ResponseHead,
  directives: Directives,
): Reason | undefined {
  if (directives.mustUnderstand && !isUnderstood(response.status)) return 'status'
  // RFC 9111 section 5.2.2.3: who understands the status ignores the no-store that is meant for those who do not.
  const noStore = directives.noStore && !directives.mustUnderstand
  // RFC 9111 section 5.2.1.5: a request can forbid it too.
  if (noStore || requestDirectives(request.fields).noStore) return 'no-store'
  // RFC 9111 section 5.2.2.7.
  if (directives.private === true || withholdsNeeded(directives.private)) return 'private'
  return allowsShared(request, directives) ? undefined : 'authorization'
}

/** RFC 9111 section 3.5. */
function allowsShared(request: HttpRequest, directives: Directives): boolean {
  if (!hasField(request.fields, 'authorization')) return true
  return directives.public || directives.mustRevalidate || directives.sMaxage !== undefined
}

/** Stricter than RFC 9111 section 7.3, which leaves it to origins: a cookie is for the one client it was sent to. */
function obstacleInCookies(
  response: ResponseHead,
  directives: Directives,
  setCookie: 'refuse' | 'strip',
): Reason | undefined {
  if (setCookie === 'strip' || isWithheld('set-cookie', directives)) return undefined
  return hasField(response.fields, 'set-cookie') ? 'set-cookie' : undefined
}

/** What could end a line where another recipient reads on (RFC 9110 section 5.5), or is no field name (5.1). */
function isMalformed(fields: Fields): boolean {
  for (let i = 0; i < fields.length; i += 2) {
    if (!isToken(fields[i] as string) || /[\0\r\n]/.test(fields[i + 1] as string)) return true
  }
  return false
}
