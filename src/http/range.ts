import { dateIn, lastModifiedOf } from './date-field.js'
import { parseEntityTag, strongMatch } from './entity-tag.js'
import { trimOws } from './field-list.js'
import { type Fields, hasField, linesOf } from './fields.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { entityTagOf, isLastModifiedStrong } from './validator.js'

/** Bytes of a body: from the first to the last, both included, counted from 0. */
export interface ByteRange {
  readonly from: number
  readonly to: number
}

/** A part of a body (206), all of it (200), or nothing it has (416). */
export type RangeAnswer = ByteRange | 'whole' | 'unsatisfiable'

/** One range of bytes (RFC 9110 section 14.1.2): `0-499`, `500-`, `-500`. Names of units have no case (14.1). */
const ONE_RANGE = /^bytes=(\d*)-(\d*)$/i

/**
 * What a request asks of a stored body of `length` bytes (RFC 9110 section 14.2). All of it for what a server may or must
 * ignore: several ranges, other units, bad syntax, a method other than GET, a response other than 200, an If-Range that does
 * not hold.
 */
export function rangeOf(request: HttpRequest, stored: ResponseHead, length: number): RangeAnswer {
  if (request.method !== 'GET' || stored.status !== 200) return 'whole'
  const lines = linesOf(request.fields, 'range')
  const match = lines.length === 1 ? ONE_RANGE.exec(trimOws(lines[0] as string)) : null
  if (match === null || !ifRangeHolds(request.fields, stored)) return 'whole'
  const [, first = '', last = ''] = match
  return first === '' ? suffixOf(last, length) : partOf(Number(first), last, length)
}

/** Content-Range of a 206, or of a 416 (RFC 9110 section 14.4). */
export function contentRange(range: ByteRange | 'unsatisfiable', length: number): string {
  return range === 'unsatisfiable'
    ? `bytes */${length}`
    : `bytes ${range.from}-${range.to}/${length}`
}

function partOf(first: number, last: string, length: number): RangeAnswer {
  // A last position before the first is invalid, and the field to be ignored.
  if (last !== '' && Number(last) < first) return 'whole'
  if (first >= length) return 'unsatisfiable'
  return { from: first, to: last === '' ? length - 1 : Math.min(Number(last), length - 1) }
}

function suffixOf(last: string, length: number): RangeAnswer {
  if (last === '') return 'whole'
  const count = Math.min(Number(last), length)
  if (Number(last) === 0) return 'unsatisfiable'
  // Of an empty body any suffix is all of it, but no 206 can say so.
  return count === 0 ? 'whole' : { from: length - count, to: length - 1 }
}

/**
 * RFC 9110 section 13.1.5: the same strong entity tag, or exactly the date of a Last-Modified that is strong. Otherwise the
 * client's part would be put together with another representation.
 */
function ifRangeHolds(fields: Fields, stored: ResponseHead): boolean {
  if (!hasField(fields, 'if-range')) return true
  const lines = linesOf(fields, 'if-range')
  const tag = lines.length === 1 ? parseEntityTag(lines[0]) : undefined
  if (tag !== undefined) {
    const own = entityTagOf(stored)
    return own !== undefined && strongMatch(tag, own)
  }
  const date = dateIn(fields, 'if-range')
  return date !== undefined && date === lastModifiedOf(stored) && isLastModifiedStrong(stored)
}
