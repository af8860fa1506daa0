import { trimOws } from '../http/field-list.js'
import { type Fields, linesOf, withField } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'

/** Of methods other than these the field is ignored, and goes on as it is (RFC 9110 section 7.6.2). */
const COUNTED: ReadonlySet<string> = new Set(['OPTIONS', 'TRACE'])

/** Whether the request goes no further than here. */
export function isLastHop(request: HttpRequest): boolean {
  return maxForwards(request) === 0
}

/** The fields with one hop less. */
export function withOneHopLess(request: HttpRequest): Fields {
  const hops = maxForwards(request)
  if (hops === undefined) return request.fields
  return withField(request.fields, 'max-forwards', String(Math.max(0, hops - 1)))
}

/** Of several lines the least; undefined if there is none, or one that is no number. */
function maxForwards({ method, fields }: HttpRequest): number | undefined {
  if (!COUNTED.has(method)) return undefined
  const lines = linesOf(fields, 'max-forwards').map(trimOws)
  if (lines.length === 0 || !lines.every((line) => /^\d{1,9}$/.test(line))) return undefined
  return Math.min(...lines.map(Number))
}
