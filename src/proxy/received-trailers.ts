import { type Fields, withoutFields } from '../http/fields.js'
import { withoutHopByHop } from '../http/hop-by-hop.js'
import { type RawFields, receivedFields } from './received-head.js'

/**
 * Fields that mean something before the body only: framing, routing, control, what is to be done with it (RFC 9110 section
 * 6.5.1). Behind it they would be read by some recipients and not by others.
 */
const NEVER: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'date',
  'expires',
  'host',
  'location',
  'retry-after',
  'set-cookie',
  'vary',
  'www-authenticate',
])

/** The trailer fields of an answer, as they go on. Throws `HttpError` (502). */
export function receivedTrailers(raw: RawFields): Fields {
  return withoutFields(withoutHopByHop(receivedFields(raw)), NEVER)
}
