import { packForOthers } from '../entry/interchange.js'
import { RawBody } from '../entry/raw-body.js'
import { ACCEPTED, JSON_TYPE, MSGPACK_TYPE, reducedAccept } from './accept.js'
import { isJsonValue } from './json-value.js'

/** A value in a form that HTTP can carry. */
export interface Representation {
  readonly type: string
  readonly bytes: Uint8Array
  /** Behind the value's id in its entity tag: two forms of one value are not the same bytes. */
  readonly mark: string
}

/** Of the entity tag of a value as msgpack. */
export const MSGPACK_MARK = '.msgpack'

/** Undefined: it has no form that is accepted. Bytes that were stored as such are what they are, whatever is accepted. */
export function representationOf(
  value: unknown,
  accept: string | undefined,
): Representation | undefined {
  if (value instanceof RawBody) return { type: value.contentType, bytes: value.bytes, mark: '' }
  const wanted = accept === undefined ? ACCEPTED.json : reducedAccept(accept)
  if (wanted === ACCEPTED.none) return undefined
  if (wanted !== ACCEPTED.msgpack && isJsonValue(value)) {
    return { type: JSON_TYPE, bytes: Buffer.from(JSON.stringify(value)), mark: '' }
  }
  if (wanted === ACCEPTED.json) return undefined
  return { type: MSGPACK_TYPE, bytes: packForOthers(value), mark: MSGPACK_MARK }
}
