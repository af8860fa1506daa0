import { type Fields, linesOf } from './fields.js'
import { parseHttpDate } from './http-date.js'
import type { ResponseHead } from './message.js'

/** Milliseconds of a field that is one HTTP-date; undefined if it is not there, is no date, or is there more than once. */
export function dateIn(fields: Fields, name: string, now?: number): number | undefined {
  const lines = linesOf(fields, name)
  return lines.length === 1 ? parseHttpDate(lines[0] as string, now) : undefined
}

/** When the response was made (Date), as far as it says so. */
export function dateOf(response: ResponseHead, now?: number): number | undefined {
  return dateIn(response.fields, 'date', now)
}

/** When the representation was last changed, as far as the response says so. */
export function lastModifiedOf(response: ResponseHead, now?: number): number | undefined {
  return dateIn(response.fields, 'last-modified', now)
}
