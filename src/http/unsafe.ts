import { trimOws } from './field-list.js'
import { linesOf } from './fields.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { type Resource, resolveReference } from './reference.js'

/** RFC 9110 section 9.2.1. Any other method, known or not, may change something (RFC 9111 section 4.4). */
const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

const NONE: readonly Resource[] = Object.freeze([])

/** Methods are case-sensitive (RFC 9110 section 9.1): `get` is not safe. */
export function isSafe(method: string): boolean {
  return SAFE.has(method)
}

/**
 * The resources whose stored responses an exchange made invalid (RFC 9111 section 4.4): after an unsafe method that did not
 * fail the target, and what Location and Content-Location name; of the same origin only, or anybody could empty the cache of
 * others. The target is the first.
 */
export function invalidatedTargets(
  request: HttpRequest,
  response: ResponseHead,
): readonly Resource[] {
  const failed = response.status < 200 || response.status > 399
  if (isSafe(request.method) || failed) return NONE
  const { scheme, authority, target } = request
  const own: Resource = { scheme, authority, target }
  const found = new Map([[target, own]])
  for (const name of ['location', 'content-location']) {
    for (const line of linesOf(response.fields, name)) {
      const named = resolveReference(trimOws(line), own)
      if (named?.scheme !== scheme || named.authority !== authority) continue
      if (!found.has(named.target)) found.set(named.target, named)
    }
  }
  return [...found.values()]
}
