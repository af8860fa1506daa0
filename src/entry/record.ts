import { crc32 } from 'node:zlib'
import { KNOWN_FLAGS } from './body-flag.js'
import type { Body } from './entry.js'
import { ByteReader, ByteWriter } from './byte-cursor.js'
import { assertId, HEAD, readHead, type ValueHead, writeHead } from './record-head.js'
import type { Stamp } from './tag.js'

export { newId } from './id.js'
export { HEAD } from './record-head.js'

/** An entry as it is written to Redis. Instants in whole milliseconds of Redis time. */
export interface RecordFields {
  readonly id: string
  /** 0 or earlier: stale. */
  readonly freshUntil: number
  readonly staleUntil: number
  readonly created: number
  /** Milliseconds. */
  readonly loadTime: number
  /** The namespace (empty name) first, then the tags. */
  readonly stamps: readonly Stamp[]
  /** Only if the Redis key holds a digest: to be compared on reading. */
  readonly fullKey?: string
  readonly body: Body
}

/**
 * Why bytes are not a record: not ours at all (or without a value), of another version, shorter than they say, or changed.
 * To a reader all of them are a miss.
 */
export type RecordFault = 'foreign' | 'version' | 'truncated' | 'corrupt'

/**
 * Record, version 1. After the head (see `record-head.ts`), all numbers big-endian:
 *
 * | bytes | field                                                                                   |
 * |-------|-----------------------------------------------------------------------------------------|
 * | 4     | how many bytes follow the checksum                                                       |
 * | 4     | CRC-32 of these                                                                          |
 * |       | **tag block**                                                                            |
 * | 2     | how many stamps; then for each:                                                          |
 * | 2 + n | length and UTF-8 of the name (the namespace first, with the empty name)                  |
 * | 24    | hard id, soft id                                                                         |
 * |       | **frame**                                                                                |
 * | 1     | magic `F`                                                                                |
 * | 1     | version of the frame: 1                                                                  |
 * | 1     | flags of the body: 1 = with parts (`codec.ts`), 2 = brotli (`compress.ts`)               |
 * | 1     | kind of the body: 0 = msgpack, 1 = raw bytes                                             |
 * | 8     | created, double                                                                          |
 * | 8     | load time, double                                                                        |
 * | 4 + n | length and UTF-8 of the full key, empty unless it was hashed                             |
 * | 2 + n | length and UTF-8 of the content type, empty unless the kind is 1                         |
 * | rest  | the body                                                                                 |
 */
const FRAME_MAGIC = 0x46
const FRAME_VERSION = 1
const CHECKSUM_AT = HEAD.LENGTH + 4
const TAGS_AT = CHECKSUM_AT + 4

/** Throws RangeError for ids, names or a content type that do not fit their fields. */
export function encodeRecord(fields: RecordFields): Buffer {
  const { body, stamps, fullKey = '' } = fields
  const writer = new ByteWriter(sizeOf(fields))
  writeHead(writer.bytes, fields)
  writer.skip(TAGS_AT)
  writer.uint16(stamps.length)
  for (const stamp of stamps) writeStamp(writer, stamp)
  writer.uint8(FRAME_MAGIC)
  writer.uint8(FRAME_VERSION)
  writer.uint8(body.flags)
  writer.uint8(body.kind)
  writer.double(fields.created)
  writer.double(fields.loadTime)
  writer.text32(fullKey)
  writer.text16(body.contentType)
  writer.raw(body.bytes)
  return seal(writer.bytes)
}

/** Never throws: whatever the bytes are, it gives the fields that were written, or a fault. `body.bytes` is a view. */
export function decodeRecord(bytes: Buffer): RecordFields | RecordFault {
  const fault = faultOf(bytes)
  if (fault !== undefined) return fault
  const head = readHead(bytes)
  if (head === undefined) return 'corrupt'
  const reader = new ByteReader(bytes, TAGS_AT)
  const stamps = readStamps(reader)
  const frame = readFrame(reader)
  if (reader.failed || frame === undefined) return 'corrupt'
  // Written out: spreading two objects into one costs as much as all the rest of the decoding.
  const { id, freshUntil, staleUntil } = head
  const { created, loadTime, fullKey, body } = frame
  const fields = { id, freshUntil, staleUntil, created, loadTime, stamps, body }
  return fullKey === undefined ? fields : { ...fields, fullKey }
}

/** How many bytes of a record hold its head and tag block, when it carries these tags. */
export function headLengthOf(tags: readonly string[]): number {
  let size = TAGS_AT + 2 + STAMP_BYTES
  for (const tag of tags) size += STAMP_BYTES + Buffer.byteLength(tag)
  return size
}

/** Length of the name and the two ids. */
const STAMP_BYTES = 2 + 2 * HEAD.ID_WIDTH

/** What the beginning of a record says; of bytes that end before the value begins. Undefined: nothing of ours. */
export function readBeginning(
  bytes: Buffer,
): (ValueHead & { readonly stamps: readonly Stamp[] }) | undefined {
  if (bytes.length < TAGS_AT) return undefined
  const head = readHead(bytes)
  const reader = new ByteReader(bytes, TAGS_AT)
  const stamps = readStamps(reader)
  return head === undefined || reader.failed ? undefined : { ...head, stamps }
}

/** The id in the head of something that may be damaged elsewhere. */
export function idIn(bytes: Buffer): string {
  return bytes.toString('latin1', HEAD.ID_AT, HEAD.ID_AT + HEAD.ID_WIDTH)
}

/** Whether the key holds no value but what is left of a load: its lease, or its failure. Nothing is wrong with that. */
export function isWithoutValue(bytes: Buffer): boolean {
  const kind = bytes[HEAD.KIND_AT]
  return (kind === LEASE || kind === FAILURE) && bytes.length >= HEAD.LENGTH && hasMagic(bytes)
}

const LEASE = HEAD.LEASE.charCodeAt(0)
const FAILURE = HEAD.FAILURE.charCodeAt(0)

function sizeOf({ stamps, fullKey = '', body }: RecordFields): number {
  let size = TAGS_AT + 2 + 20 + 4 + Buffer.byteLength(fullKey) + 2
  for (const stamp of stamps)
    size += 2 + Buffer.byteLength(stamp.name) + stamp.hard.length + stamp.soft.length
  return size + Buffer.byteLength(body.contentType) + body.bytes.byteLength
}

function seal(bytes: Buffer): Buffer {
  bytes.writeUInt32BE(bytes.length - TAGS_AT, HEAD.LENGTH)
  bytes.writeUInt32BE(crc32(bytes.subarray(TAGS_AT)), CHECKSUM_AT)
  return bytes
}

/** Everything that is wrong before a field is looked at. */
function faultOf(bytes: Buffer): RecordFault | undefined {
  if (!hasMagic(bytes)) return magicFault(bytes.toString('latin1', 0, HEAD.MAGIC_WIDTH))
  if (bytes.length < TAGS_AT)
    return bytes.length > HEAD.KIND_AT && !isValue(bytes) ? 'foreign' : 'truncated'
  if (!isValue(bytes)) return 'foreign'
  const rest = bytes.length - TAGS_AT
  const expected = bytes.readUInt32BE(HEAD.LENGTH)
  if (rest !== expected) return rest < expected ? 'truncated' : 'corrupt'
  return crc32(bytes.subarray(TAGS_AT)) === bytes.readUInt32BE(CHECKSUM_AT) ? undefined : 'corrupt'
}

const MAGIC = Buffer.from(HEAD.MAGIC).readUInt32BE()

function hasMagic(bytes: Buffer): boolean {
  return bytes.length >= HEAD.MAGIC_WIDTH && bytes.readUInt32BE(HEAD.MAGIC_AT) === MAGIC
}

function magicFault(magic: string): RecordFault {
  if (HEAD.MAGIC.startsWith(magic)) return 'truncated'
  return /^SRE[\w]$/.test(magic) ? 'version' : 'foreign'
}

function isValue(bytes: Buffer): boolean {
  return bytes[HEAD.KIND_AT] === HEAD.VALUE.charCodeAt(0)
}

function writeStamp(writer: ByteWriter, stamp: Stamp): void {
  assertId(stamp.hard)
  assertId(stamp.soft)
  writer.text16(stamp.name)
  writer.ascii(stamp.hard)
  writer.ascii(stamp.soft)
}

function readStamps(reader: ByteReader): Stamp[] {
  const stamps: Stamp[] = []
  for (let left = reader.uint16(); left > 0 && !reader.failed; left--) {
    stamps.push({
      name: reader.text16(),
      hard: reader.ascii(HEAD.ID_WIDTH),
      soft: reader.ascii(HEAD.ID_WIDTH),
    })
  }
  return stamps
}

type FrameFields = Pick<RecordFields, 'created' | 'loadTime' | 'fullKey' | 'body'>

/** `undefined`: not a frame of this version. */
function readFrame(reader: ByteReader): FrameFields | undefined {
  if (reader.uint8() !== FRAME_MAGIC || reader.uint8() !== FRAME_VERSION) return undefined
  const flags = reader.uint8()
  const kind = reader.uint8()
  if ((flags & ~KNOWN_FLAGS) !== 0 || (kind !== 0 && kind !== 1)) return undefined
  const created = reader.double()
  const loadTime = reader.double()
  const fullKey = reader.text32()
  const contentType = reader.text16()
  const body: Body = { kind, flags, contentType, bytes: reader.rest() }
  return fullKey === '' ? { created, loadTime, body } : { created, loadTime, fullKey, body }
}
