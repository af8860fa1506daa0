/**
 * How the front in Rust and this side tell each other what happens: records of little-endian words in two buffers, one each
 * way. Word 0 is the length of the record in bytes, a multiple of 4; word 1 its kind, with flags above the lowest byte;
 * words 2 and 3 say which request it is about.
 */

export const NOBODY = 0xffff_ffff

/** A length that is not known, in both words. */
export const UNKNOWN = 0xffff_ffff

/** Words of every record before what is its own. */
export const ID_WORDS = 4

/** Kinds of what Rust says. */
export const HEARD = {
  request: 1,
  bodyData: 2,
  bodyEnd: 3,
  bodyError: 4,
  gone: 5,
  drained: 6,
  closed: 7,
} as const

/** Kinds of what it is told. */
export const TOLD = {
  respond: 1,
  streamStart: 2,
  streamData: 3,
  streamEnd: 4,
  streamAbort: 5,
  bodyPull: 6,
  inform: 7,
  fillEnd: 8,
} as const

/** Flags of a request. */
export const REQUEST_FLAG = {
  isHttp10: 1,
  isLast: 2,
  expectsContinue: 4,
  isBackground: 8,
  hasBody: 16,
  hasPath: 32,
} as const

/** Flags of an answer, whole or begun. */
export const ANSWER_FLAG = { closes: 1, hasDate: 2, isBodiless: 4 } as const

/** Of a piece of a stream: a record is wanted when the client has taken most of what was sent. */
export const WANTS_DRAINED = 1

/** Of the end of a fill: nobody waits for this key for a while. */
export const HIT_FOR_MISS = 1

/** Words of a request before its ranges. */
export const REQUEST_WORDS = 20

/** Where in a request its words stand. */
export const REQUEST_WORD = {
  version: 4,
  route: 5,
  fill: 6,
  birth: 7,
  length: 9,
  method: 11,
  methodBytes: 12,
  authorityBytes: 13,
  targetBytes: 14,
  pathBytes: 15,
  clientBytes: 16,
  fieldBytes: 17,
  ranges: 18,
  bodyBytes: 19,
} as const

/** By their numbers; 0 stands for one that is written out. */
export const METHOD_NAMES: readonly string[] = [
  '',
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'OPTIONS',
]

/** What `toString` and `write` come down to: without them a short text costs half as much. */
interface Texts {
  latin1Slice(begin: number, end: number): string
  latin1Write(text: string, at: number): number
  utf8Write(text: string, at: number): number
}

/** A buffer that both sides read and write, never at once, and its words. */
export interface Shared {
  readonly bytes: Buffer & Texts
  readonly words: Uint32Array
}

/** Memory of its own: of a pooled buffer other parts would be shared too. */
export function sharedBuffer(bytes: number): Shared {
  const buffer = Buffer.allocUnsafeSlow(bytes) as Shared['bytes']
  return { bytes: buffer, words: new Uint32Array(buffer.buffer, 0, bytes >> 2) }
}

/** What was said does not hold together: nothing that follows can be relied on. */
export class WireError extends Error {
  constructor(message: string) {
    super(`native listener: ${message}`)
    this.name = 'WireError'
  }
}

/** Bytes of the record that begins at `at`, of `end` that were filled. Throws `WireError`. */
export function recordBytes(words: Uint32Array, at: number, end: number): number {
  if (end - at < ID_WORDS * 4) throw new WireError(`a record of ${end - at} bytes`)
  const bytes = words[at >> 2] as number
  if (bytes < ID_WORDS * 4 || bytes % 4 !== 0 || bytes > end - at) {
    throw new WireError(`a record of ${bytes} bytes, of ${end - at} that are there`)
  }
  return bytes
}

export function kindOf({ words }: Shared, at: number): number {
  return (words[(at >> 2) + 1] as number) & 0xff
}

/** A piece of a body, which stays when other records come where it was. Throws `WireError`. */
export function pieceOf({ bytes, words }: Shared, word: number): Uint8Array {
  const length = words[word + ID_WORDS] as number
  if (length > (words[word] as number) - 20) throw new WireError(`a piece of ${length} bytes`)
  const at = (word + 5) * 4
  return Buffer.from(bytes.subarray(at, at + length))
}

/** Two words as a number. Undefined: not known. */
export function longOf(low: number, high: number): number | undefined {
  if (high === UNKNOWN && low === UNKNOWN) return undefined
  return high * 2 ** 32 + low
}
