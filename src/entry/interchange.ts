import { Packr, Unpackr } from 'msgpackr'
import { CodecError } from '../errors.js'
import { msgpackFault } from './msgpack-shape.js'

/** For programs that know msgpack and nothing of us: objects are maps, not tables of shapes. */
const packr = new Packr({
  useRecords: false,
  moreTypes: true,
  useBigIntExtension: true,
  useToJSON: false,
})

/** Maps, not objects: what an object's keys are is for us to see to. Buffers own their memory. */
const unpackr = new Unpackr({
  useRecords: false,
  mapsAsObjects: false,
  structuredClone: false,
  copyBuffers: true,
})

/** Any value that can be stored, as others exchange it. What plain msgpack has no word for is an extension of msgpackr's. */
export function packForOthers(value: unknown): Buffer {
  return Buffer.from(packr.pack(value))
}

/** What a stranger sent. Throws `CodecError`. A map whose keys are all text is a plain object, any other a Map. */
export function unpackFromOthers(bytes: Uint8Array): unknown {
  const fault = msgpackFault(bytes)
  if (fault !== undefined) throw unreadable(fault)
  try {
    // a view of it: Buffers are what msgpackr gives binary data back as
    return plain(
      unpackr.unpack(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)) as unknown,
    )
  } catch (cause) {
    throw unreadable('cannot be decoded', cause)
  }
}

/** Not deeper than `msgpackFault` lets through. Many write every integer in 64 bits: it is a number where it fits. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return isExact(value) ? Number(value) : value
  if (Array.isArray(value)) return value.map(plain)
  if (!(value instanceof Map)) return value
  const entries = [...value].map(([key, one]) => [plain(key), plain(one)] as const)
  const isObject = entries.every(([key]) => typeof key === 'string')
  // defines properties, does not assign them: `__proto__` is a name as any other
  return isObject ? Object.fromEntries(entries as [string, unknown][]) : new Map(entries)
}

function isExact(value: bigint): boolean {
  return value >= BigInt(Number.MIN_SAFE_INTEGER) && value <= BigInt(Number.MAX_SAFE_INTEGER)
}

function unreadable(reason: string, cause?: unknown): CodecError {
  return new CodecError(`the bytes are not msgpack that is taken: ${reason}`, {
    path: '',
    type: 'msgpack',
    cause,
  })
}
