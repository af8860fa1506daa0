import { dateOf, lastModifiedOf } from './date-field.js'
import { type EntityTag, parseEntityTag } from './entity-tag.js'
import { linesOf } from './fields.js'
import type { ResponseHead } from './message.js'

/** The ETag of a response; undefined if there is none, more than one, or what is there is no entity tag. */
export function entityTagOf(response: ResponseHead): EntityTag | undefined {
  const lines = linesOf(response.fields, 'etag')
  return lines.length === 1 ? parseEntityTag(lines[0]) : undefined
}

/** Whether there is anything by which the origin could tell that the response is still good (RFC 9110 section 8.8). */
export function hasValidator(response: ResponseHead): boolean {
  return entityTagOf(response) !== undefined || lastModifiedOf(response) !== undefined
}

/**
 * Whether Last-Modified can be taken for a strong validator: the response was made at least a second later, so that no second
 * change can have the same date (RFC 9110 section 8.8.2.2).
 */
export function isLastModifiedStrong(response: ResponseHead): boolean {
  const modified = lastModifiedOf(response)
  const made = dateOf(response)
  return modified !== undefined && made !== undefined && made - modified >= 1_000
}
