import { dateIn, dateOf, lastModifiedOf } from './date-field.js'
import { type EntityTag, parseEntityTags, strongMatch, weakMatch } from './entity-tag.js'
import { type Fields, hasField, linesOf, withoutFields } from './fields.js'
import type { HttpRequest, ResponseHead } from './message.js'
import { entityTagOf } from './validator.js'

/**
 * What becomes of a request that a stored response answers:
 * - `send`: the response itself;
 * - `not-modified`: a 304, the client has it;
 * - `failed`: its If-Match or If-Unmodified-Since does not hold here. Whether it holds at the origin only the origin knows
 *   (RFC 9111 section 4.3.2): forward it, or answer 412 if the stored response is known to be current.
 */
export type Condition = 'send' | 'not-modified' | 'failed'

/** The order of RFC 9110 section 13.2.2; the first field that is there of each pair decides. */
export function conditionOf(request: HttpRequest, stored: ResponseHead): Condition {
  if (request.isPlain === true || !hasCondition(request.fields) || !appliesTo(request, stored))
    return 'send'
  if (!holds(request.fields, stored)) return 'failed'
  return isKnown(request.fields, stored) ? 'not-modified' : 'send'
}

/**
 * Representation metadata, which a 304 does not repeat: the client has it with the body it describes (RFC 9110 section
 * 15.4.5). Content-Location is among what a 304 has to carry.
 */
const METADATA: readonly string[] = [
  'accept-ranges',
  'content-digest',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-range',
  'content-type',
  'digest',
  'repr-digest',
]

const METADATA_IF_TAGGED: ReadonlySet<string> = new Set([...METADATA, 'last-modified'])
const METADATA_IF_NOT: ReadonlySet<string> = new Set(METADATA)

/** The fields of a 304 that takes the place of a response with these. Last-Modified only if there is no ETag to go by. */
export function notModifiedFields(fields: Fields): Fields {
  return withoutFields(fields, hasField(fields, 'etag') ? METADATA_IF_TAGGED : METADATA_IF_NOT)
}

/** One look at each field, for requests that ask for nothing of the kind: most of them. */
function hasCondition(fields: Fields): boolean {
  for (let i = 0; i < fields.length; i += 2) if (fields[i]?.startsWith('if-') === true) return true
  return false
}

/** RFC 9110 sections 13.2.1 and 13.1.3: methods with which a 304 means something, and what would be a success. */
function appliesTo({ method }: HttpRequest, { status }: ResponseHead): boolean {
  return (method === 'GET' || method === 'HEAD') && status >= 200 && status <= 299
}

/** Steps 1 and 2: If-Match with strong comparison (RFC 9110 section 13.1.1), else If-Unmodified-Since (13.1.4). */
function holds(fields: Fields, stored: ResponseHead): boolean {
  if (hasField(fields, 'if-match')) return matches(fields, 'if-match', stored, strongMatch)
  const since = dateIn(fields, 'if-unmodified-since')
  if (since === undefined) return true
  const modified = lastModifiedOf(stored)
  return modified === undefined || modified <= since
}

/**
 * Steps 3 and 4: If-None-Match with weak comparison (RFC 9110 section 13.1.2), else If-Modified-Since (13.1.3), which a cache
 * compares with Date where there is no Last-Modified (RFC 9111 section 4.3.2).
 */
function isKnown(fields: Fields, stored: ResponseHead): boolean {
  if (hasField(fields, 'if-none-match')) return matches(fields, 'if-none-match', stored, weakMatch)
  const since = dateIn(fields, 'if-modified-since')
  if (since === undefined) return false
  const modified = hasField(stored.fields, 'last-modified')
    ? lastModifiedOf(stored)
    : dateOf(stored)
  return modified !== undefined && modified <= since
}

function matches(
  fields: Fields,
  name: string,
  stored: ResponseHead,
  match: (a: EntityTag, b: EntityTag) => boolean,
): boolean {
  const tags = parseEntityTags(linesOf(fields, name))
  if (tags === '*') return true
  const own = entityTagOf(stored)
  return own !== undefined && tags.some((tag) => match(tag, own))
}
