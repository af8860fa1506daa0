import { isUtf8 } from 'node:buffer'
import { unpackFromOthers } from '../entry/interchange.js'
import { RawBody } from '../entry/raw-body.js'
import { CodecError } from '../errors.js'
import { JSON_TYPE, MSGPACK_TYPE } from './accept.js'
import { Refusal } from './problem.js'

const BYTES_TYPE = 'application/octet-stream'

/** Characters of a content type; longer ones are nobody's. */
const LONGEST_TYPE = 255

/** RFC 9110 section 8.3.1: type and subtype, then parameters, of which nothing more is asked than that they can be sent back. */
const TYPE = /^([\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+)[ \t]*((?:;[\t\x20-\x7e]*)?)$/

/** What is to be stored for a body of this type. Throws `Refusal`. The bytes are given away. */
export function valueOfBody(contentType: string | undefined, bytes: Uint8Array): unknown {
  if (contentType === undefined) return new RawBody(BYTES_TYPE, owned(bytes))
  const match = contentType.length <= LONGEST_TYPE ? TYPE.exec(contentType.trim()) : null
  if (match === null) throw new Refusal('unsupported-media-type', 'this is no media type')
  const [whole, essence = '', parameters = ''] = match
  switch (essence.toLowerCase()) {
    case JSON_TYPE:
      return parseJson(bytes, parameters)
    case MSGPACK_TYPE:
      return parseMsgpack(bytes)
    default:
      return new RawBody(whole, owned(bytes))
  }
}

/** A small body is a piece of the memory that its connection is read into, which would all be kept. */
function owned(bytes: Uint8Array): Uint8Array {
  const slack = bytes.buffer.byteLength - bytes.byteLength
  return slack * 8 <= bytes.byteLength ? bytes : new Uint8Array(bytes)
}

/** Throws `Refusal`. */
export function parseJson(bytes: Uint8Array, parameters = ''): unknown {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]*)/i.exec(parameters)?.[1]
  if (charset !== undefined && !/^utf-?8$/i.test(charset)) {
    throw new Refusal('unsupported-media-type', 'JSON is UTF-8')
  }
  if (!isUtf8(bytes)) throw new Refusal('bad-json', 'the body is not UTF-8')
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    // what V8 says of it quotes the body
    throw new Refusal('bad-json', 'the body is not JSON')
  }
}

function parseMsgpack(bytes: Uint8Array): unknown {
  try {
    return unpackFromOthers(bytes)
  } catch (error) {
    if (error instanceof CodecError) throw new Refusal('bad-request', error.message)
    throw error
  }
}
