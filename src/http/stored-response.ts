import { RawBody } from '../entry/raw-body.js'
import { Stub } from '../entry/stub.js'
import type { Fields } from './fields.js'
import type { ResponseHead } from './message.js'
import type { Lifetime } from './storable.js'

/** A response as it is kept: everything that was decided when it was stored, and its body. */
export interface StoredResponse extends ResponseHead {
  /** Without what belongs to one connection; what was added (an ETag, the length) included. */
  readonly fields: Fields
  readonly body: Uint8Array
  /** Its age counts from when the entry was stored: by clocks that nobody sets. */
  readonly lifetime: Lifetime
  /** Request fields that selected it, lower case, and their values then, as `varyValues` gives them. RFC 9111 section 4.1. */
  readonly vary: readonly string[]
  readonly varyValues: readonly string[]
  /** Bodies in other codings, made when it was stored. */
  readonly codings: readonly Coding[]
}

export interface Coding {
  readonly name: 'gzip' | 'br'
  readonly body: Uint8Array
}

/** What a tier takes for the type of a stored response. */
const CONTENT_TYPE = 'application/vnd.strata.response'

/** Version of the layout: another one is a miss. */
const VERSION = 1

/**
 * As a tier keeps it: one piece of bytes, which no tier has to look into.
 *
 * | bytes | field                                                                        |
 * |-------|------------------------------------------------------------------------------|
 * | 4     | length of the description                                                    |
 * | n     | the description, JSON: version, status, fields, lifetime, vary, body lengths |
 * | rest  | the body, then the bodies in other codings                                   |
 */
export function packResponse(response: StoredResponse): RawBody {
  const { status, fields, lifetime, vary, varyValues, body, codings } = response
  const lengths = [body, ...codings.map((coding) => coding.body)].map((bytes) => bytes.byteLength)
  const description = Buffer.from(
    JSON.stringify({
      v: VERSION,
      status,
      fields,
      lifetime,
      vary,
      varyValues,
      lengths,
      codings: codings.map(({ name }) => name),
    }),
  )
  const size = Buffer.alloc(4)
  size.writeUInt32BE(description.length)
  const parts = [size, description, body, ...codings.map((coding) => coding.body)]
  const packed = new RawBody(CONTENT_TYPE, Buffer.concat(parts))
  const unpacked = unpack(packed)
  if (unpacked !== undefined) KNOWN.set(packed, unpacked)
  return packed
}

/** What was unpacked stays with the bytes it came from: a hit in memory looks it up and does nothing else. */
const KNOWN = new WeakMap<RawBody, StoredResponse>()

/** Undefined for anything that is not a stored response of this version, or whose bytes are gone. Never throws. */
export function unpackResponse(kept: unknown): StoredResponse | undefined {
  const value = kept instanceof Stub ? kept.read() : kept
  if (!(value instanceof RawBody)) return undefined
  const known = KNOWN.get(value)
  if (known !== undefined) return known
  const response = unpack(value)
  if (response !== undefined) KNOWN.set(value, response)
  return response
}

interface Description {
  readonly v: number
  readonly status: number
  readonly fields: Fields
  readonly lifetime: Lifetime
  readonly vary: readonly string[]
  readonly varyValues: readonly string[]
  readonly lengths: readonly number[]
  readonly codings: readonly Coding['name'][]
}

function unpack({ contentType, bytes }: RawBody): StoredResponse | undefined {
  if (contentType !== CONTENT_TYPE || bytes.byteLength < 4) return undefined
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = 4 + view.readUInt32BE(0)
  if (end > view.length) return undefined
  const said = described(view.toString('utf8', 4, end))
  if (said === undefined) return undefined
  const bodies: Buffer[] = []
  let from = end
  for (const length of said.lengths) bodies.push(view.subarray(from, (from += length)))
  const [body, ...others] = bodies
  if (body === undefined || from !== view.length) return undefined
  const { status, fields, lifetime, vary, varyValues, codings } = said
  return {
    status,
    fields,
    lifetime,
    vary,
    varyValues,
    body,
    codings: others.flatMap((other, i) => {
      const name = codings[i]
      return name === undefined ? [] : [{ name, body: other }]
    }),
  }
}

/** The record's checksum has been compared: what is here is what was written, by this version or by another. */
function described(text: string): Description | undefined {
  try {
    const said = JSON.parse(text) as Description
    return said.v === VERSION ? said : undefined
  } catch {
    return undefined // another layout, which is a miss
  }
}
