import { isToken } from '../http/field-list.js'
import { type Fields, fieldsOf, linesOf, hasField, withoutFields } from '../http/fields.js'
import { withoutHopByHop } from '../http/hop-by-hop.js'
import { formatHttpDate } from '../http/http-date.js'
import type { ResponseHead } from '../http/message.js'
import { malformed } from './origin-failure.js'

/** Field lines as they came: bytes, or text that stands for them. */
export type RawFields = readonly (Uint8Array | string)[]

/**
 * The head of an answer as it goes on: checked, without what ends here, with a Date (RFC 9110 section 6.6.1). Throws
 * `HttpError` (502) for one that another recipient might read in another way. `now`: wall-clock milliseconds.
 */
export function receivedHead(status: number, raw: RawFields, now: number): ResponseHead {
  if (status < 200 || status > 599) throw malformed(`status ${status}`)
  const fields = receivedFields(raw)
  assertFramed(fields)
  const own = withoutHopByHop(status === 204 ? withoutFields(fields, LENGTH) : fields)
  return { status, fields: hasField(own, 'date') ? own : [...own, 'date', formatHttpDate(now)] }
}

/** The fields of an answer of 1xx, as they go on. */
export function receivedInformation(raw: RawFields): Fields {
  return withoutHopByHop(receivedFields(raw))
}

/** RFC 9110 section 8.6: none has a length. */
const LENGTH: ReadonlySet<string> = new Set(['content-length'])

/** Bytes are bytes: as Latin-1 text they leave as they came. */
export function receivedFields(raw: RawFields): Fields {
  const fields = fieldsOf(raw.map((text) => (typeof text === 'string' ? text : latin1(text))))
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    if (!isToken(name) || INVALID.test(fields[i + 1] as string)) throw malformed('a field')
  }
  return fields
}

function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
}

/** RFC 9110 section 5.5. */
const INVALID = /[^\t\x20-\x7e\x80-\xff]/

/**
 * RFC 9112 sections 6.1 and 6.3: a length beside a transfer coding ought to be handled as an error; of codings we asked for
 * none but chunked, and could not undo another.
 */
function assertFramed(fields: Fields): void {
  const lengths = linesOf(fields, 'content-length')
  const codings = linesOf(fields, 'transfer-encoding')
  if (codings.length > 1 || (codings[0] ?? 'chunked').trim().toLowerCase() !== 'chunked') {
    throw malformed('Transfer-Encoding')
  }
  if (lengths.length > 1 || (lengths.length === 1 && codings.length === 1)) {
    throw malformed('Content-Length')
  }
}
