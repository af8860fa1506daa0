import { Packr, Unpackr } from 'msgpackr'
import { CodecError, InvalidOptionError } from '../errors.js'
import { BODY_FLAG } from './body-flag.js'
import type { CodecType } from './codec-type.js'
import type { Body } from './entry.js'
import { joinParts, type Parted, splitParts } from './part-list.js'
import { RawBody } from './raw-body.js'
import type { Vetted } from './vet.js'

/** Values to bytes and back. Both throw `CodecError` and nothing else. */
export interface Codec {
  encode(vetted: Vetted): Body
  decode(body: Body): unknown
}

/**
 * Inline records only: a table of shapes that is shared between messages makes another process read one shape as another.
 * `useToJSON` off, since a plain object may hold any value under that name. Two instances, since a foreign message would
 * leave its shapes in the writer's table.
 */
const packr = new Packr({ moreTypes: true, useBigIntExtension: true, useToJSON: false })

/** `structuredClone` off: a message cannot make cycles. Buffers own their memory: a view would keep the whole reply. */
const unpackr = new Unpackr({ moreTypes: true, structuredClone: false, copyBuffers: true })

/** Bytes: what msgpackr begins with, and what it may keep. */
const FIRST_BUFFER = 8_192
const LARGE_BUFFER = 4 * 2 ** 20

/** A raw body keeps the memory it arrived in while that is at most an eighth larger. */
const MOST_SLACK = 8

/** Throws `InvalidOptionError` for two types of one name or one class. */
export function createCodec(types: readonly CodecType[]): Codec {
  const byName = new Map(types.map((type) => [type.name, type]))
  if (
    byName.size !== types.length ||
    new Set(types.map((type) => type.class)).size !== types.length
  ) {
    throw new InvalidOptionError('codec.types', types, 'each name and each class once')
  }
  return { encode, decode: (body) => decode(body, byName) }
}

function encode({ value, custom }: Vetted): Body {
  if (value instanceof RawBody) {
    return { kind: 1, flags: 0, contentType: value.contentType, bytes: value.bytes }
  }
  const flags = custom.length === 0 ? 0 : BODY_FLAG.parts
  try {
    const bytes = pack(custom.length === 0 ? value : splitParts(value, custom))
    return { kind: 0, flags, contentType: '', bytes }
  } catch (cause) {
    throw new CodecError('the value cannot be encoded', { path: '', type: typeof value, cause })
  }
}

/**
 * A view of msgpackr's own buffer, which goes on behind it and never writes there again. After a large value its next
 * buffers would all be as large: it gets a small one to go on with.
 */
function pack(value: unknown): Buffer {
  const bytes = packr.pack(value)
  if (bytes.buffer.byteLength > LARGE_BUFFER) packr.useBuffer(Buffer.allocUnsafeSlow(FIRST_BUFFER))
  return bytes
}

function decode(body: Body, types: ReadonlyMap<string, CodecType>): unknown {
  const { kind, flags, bytes } = body
  if (kind === 1 && flags === 0) return new RawBody(body.contentType, owned(bytes))
  if (kind !== 0 || (flags & ~BODY_FLAG.parts) !== 0)
    throw unreadable(`flags ${flags} of body kind ${kind}`)
  try {
    const value: unknown = unpackr.unpack(asBuffer(bytes))
    return flags === 0 ? value : joinParts(value as Parted, types)
  } catch (cause) {
    throw unreadable('not what this version writes', cause)
  }
}

function unreadable(reason: string, cause?: unknown): CodecError {
  return new CodecError(`stored bytes cannot be read: ${reason}`, {
    path: '',
    type: 'msgpack',
    cause,
  })
}

/** msgpackr gives binary data back as what it reads from. */
function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}

function owned(bytes: Uint8Array): Uint8Array {
  const slack = bytes.buffer.byteLength - bytes.byteLength
  return slack * MOST_SLACK <= bytes.byteLength ? bytes : asBuffer(new Uint8Array(bytes))
}
