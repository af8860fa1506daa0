import { ID_LENGTH, isId } from './id.js'

/**
 * The head of a record, version 1: ASCII fields of fixed width, so that a Lua script reads them with GETRANGE and changes
 * them with SETRANGE. Offsets count from 0. No checksum covers the head, since scripts write it; every field has a closed
 * form that is checked instead.
 *
 * | at | width | field          | content                                                                        |
 * |----|-------|----------------|--------------------------------------------------------------------------------|
 * | 0  | 4     | magic, version | `SRE1`: the last character is the version                                      |
 * | 4  | 1     | kind           | `V` a value follows; `L` nothing, only a lease; `F` the text of a failed load   |
 * | 5  | 12    | lease token    | an id, or twelve dots: no lease                                                |
 * | 17 | 15    | lease deadline | milliseconds of Redis time, decimal with leading zeros; zeros without a lease  |
 * | 32 | 1     | awaited        | `1`: somebody waits to be told of the end of the lease, else `0`               |
 * | 33 | 12    | value id       | an id                                                                          |
 * | 45 | 15    | freshUntil     | milliseconds of Redis time, decimal with leading zeros                         |
 * | 60 | 15    | staleUntil     | the same                                                                       |
 * | 75 |       | (end)          | the tag block and the frame, see `record.ts`                                   |
 */
export const HEAD = {
  MAGIC: 'SRE1',
  MAGIC_AT: 0,
  MAGIC_WIDTH: 4,
  KIND_AT: 4,
  KIND_WIDTH: 1,
  TOKEN_AT: 5,
  TOKEN_WIDTH: 12,
  DEADLINE_AT: 17,
  DEADLINE_WIDTH: 15,
  AWAITED_AT: 32,
  AWAITED_WIDTH: 1,
  ID_AT: 33,
  ID_WIDTH: 12,
  FRESH_AT: 45,
  FRESH_WIDTH: 15,
  STALE_AT: 60,
  STALE_WIDTH: 15,
  LENGTH: 75,
  /** Kind: a value follows. */
  VALUE: 'V',
  /** Kind: nothing follows; somebody loads. */
  LEASE: 'L',
  /** Kind: what became of a load, for those who waited for it, follows. The token is that of its lease. */
  FAILURE: 'F',
  /** Token: no lease. A dot occurs in no id. */
  NO_LEASE: '............',
  /** An instant that is not set; also a lifetime that is over. */
  NEVER: '000000000000000',
  NOT_AWAITED: '0',
} as const

/** 31688-11-11: the last instant that fits. */
const LATEST = 999_999_999_999_999

/** What of the head belongs to the value; the other fields belong to the scripts. */
export interface ValueHead {
  readonly id: string
  readonly freshUntil: number
  readonly staleUntil: number
}

/** Writes the head of a value without a lease. Throws RangeError for an id that is none. */
export function writeHead(target: Buffer, head: ValueHead): void {
  assertId(head.id)
  const lease = HEAD.NO_LEASE + HEAD.NEVER + HEAD.NOT_AWAITED
  const lifetime = formatInstant(head.freshUntil) + formatInstant(head.staleUntil)
  target.write(HEAD.MAGIC + HEAD.VALUE + lease + head.id + lifetime, 'latin1')
}

/** What stands under a key without a value while somebody loads. `until` in milliseconds of Redis time. */
export function formatLease(token: string, until: number): string {
  const { MAGIC, LEASE, NOT_AWAITED, NO_LEASE, NEVER } = HEAD
  return MAGIC + LEASE + token + formatInstant(until) + NOT_AWAITED + NO_LEASE + NEVER + NEVER
}

/**
 * The head of a value, `undefined` if a field has not its form. Needs `HEAD.LENGTH` bytes. Looks at the bytes themselves: a
 * regular expression over their text took longer than the rest of the decoding.
 */
export function readHead(bytes: Buffer): ValueHead | undefined {
  const freshUntil = instantAt(bytes, HEAD.FRESH_AT)
  const staleUntil = instantAt(bytes, HEAD.STALE_AT)
  const isForm =
    freshUntil >= 0 &&
    staleUntil >= 0 &&
    bytes.readUInt32BE(HEAD.MAGIC_AT) === MAGIC &&
    bytes[HEAD.KIND_AT] === VALUE &&
    (isIdAt(bytes, HEAD.TOKEN_AT) || isNoLease(bytes)) &&
    instantAt(bytes, HEAD.DEADLINE_AT) >= 0 &&
    (bytes[HEAD.AWAITED_AT] === ZERO || bytes[HEAD.AWAITED_AT] === ZERO + 1) &&
    isIdAt(bytes, HEAD.ID_AT)
  if (!isForm) return undefined
  const id = bytes.toString('latin1', HEAD.ID_AT, HEAD.ID_AT + HEAD.ID_WIDTH)
  return { id, freshUntil, staleUntil }
}

/** What of the head the scripts write. */
export interface LeaseHead {
  /** `undefined`: no lease; a deadline without one lets the value be used until then before anybody loads. */
  readonly token: string | undefined
  /** Redis time; 0 = none. */
  readonly deadline: number
  readonly awaited: boolean
}

/** Of any kind of record. `undefined` if a field has not its form. Needs `HEAD.LENGTH` bytes. */
export function readLeaseHead(bytes: Buffer): LeaseHead | undefined {
  const deadline = instantAt(bytes, HEAD.DEADLINE_AT)
  const isNone = isNoLease(bytes)
  if (deadline < 0 || !(isNone || isIdAt(bytes, HEAD.TOKEN_AT))) return undefined
  const token = bytes.toString('latin1', HEAD.TOKEN_AT, HEAD.TOKEN_AT + HEAD.TOKEN_WIDTH)
  const awaited = bytes[HEAD.AWAITED_AT] === ZERO + 1
  return { token: isNone ? undefined : token, deadline, awaited }
}

const MAGIC = Buffer.from(HEAD.MAGIC).readUInt32BE()
const VALUE = HEAD.VALUE.charCodeAt(0)
const ZERO = 0x30
const DOT = 0x2e

/** 1 for the bytes that may stand in an id. */
const ID_BYTES = Uint8Array.from({ length: 256 }, (_, byte) =>
  /[\w-]/.test(String.fromCharCode(byte)) ? 1 : 0,
)

function isIdAt(bytes: Buffer, at: number): boolean {
  for (let i = at; i < at + HEAD.ID_WIDTH; i++) {
    if (ID_BYTES[bytes[i] as number] !== 1) return false
  }
  return true
}

function isNoLease(bytes: Buffer): boolean {
  for (let i = HEAD.TOKEN_AT; i < HEAD.TOKEN_AT + HEAD.TOKEN_WIDTH; i++) {
    if (bytes[i] !== DOT) return false
  }
  return true
}

/** -1: not fifteen digits. */
function instantAt(bytes: Buffer, at: number): number {
  let ms = 0
  for (let i = at; i < at + HEAD.FRESH_WIDTH; i++) {
    const digit = (bytes[i] as number) - ZERO
    if (digit < 0 || digit > 9) return -1
    ms = ms * 10 + digit
  }
  return ms
}

/** Redis time as it stands in the head: a whole number of 15 digits. What lies before 1970 is as over as 0. */
function formatInstant(ms: number): string {
  const whole = Math.min(Math.max(Math.floor(ms), 0), LATEST)
  return String(whole).padStart(HEAD.FRESH_WIDTH, '0')
}

export function assertId(id: string): void {
  if (!isId(id))
    throw new RangeError(`an id is ${ID_LENGTH} characters of base64url, got ${JSON.stringify(id)}`)
}
