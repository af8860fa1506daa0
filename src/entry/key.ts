import { createHash } from 'node:crypto'
import { InvalidKeyError } from '../errors.js'

/** Keys that begin so belong to the route cache. */
const RESERVED_PREFIX = 'http|'

/** More parts than this make no identity that a person still understands. */
const MOST_PARTS = 16

/** UTF-8 bytes of a Redis key's text from which on its digest takes its place. */
const LONGEST_TEXT = 512

/** No literal key's text can begin so: percent signs in a key are themselves encoded (`%25`). */
const HASHED_PREFIX = '%sha256:'

/**
 * Strings that no number, bigint, tuple or quoted string can look like: from a closed set of characters, and with a
 * letter that never occurs in the text of a number (or with a letter first, where no number has one).
 */
const PLAIN = /^(?=[A-Za-z_]|.*[A-Za-df-mo-z_:@/])[\w.:@/-]+$/

/** Throws `InvalidKeyError` unless `key` can be the key of an entry. `maxBytes` counts UTF-8. */
export function assertKey(key: unknown, maxBytes: number): asserts key is string {
  if (typeof key !== 'string') throw new InvalidKeyError(key, 'a key is a string')
  if (key === '') throw new InvalidKeyError(key, 'a key is not empty')
  // Two different lone surrogates are the same UTF-8 bytes: two users would share one entry.
  if (!key.isWellFormed()) throw new InvalidKeyError(key, 'ill-formed UTF-16 (a lone surrogate)')
  // A UTF-16 unit is at most 3 bytes: most keys need no counting.
  if (key.length * 3 > maxBytes && Buffer.byteLength(key) > maxBytes) {
    throw new InvalidKeyError(key, `longer than ${maxBytes} bytes of UTF-8 (limits.keyBytes)`)
  }
  if (key.startsWith(RESERVED_PREFIX)) {
    throw new InvalidKeyError(key, `the prefix ${RESERVED_PREFIX} is reserved for the route cache`)
  }
}

/**
 * The text of a definition's key: a string, number, bigint, or an array of these. Different for every two different keys
 * across all types, so that `7`, `'7'`, `7n` and `[7]` never share an entry: `7`, `"7"`, `7n`, `(7)`.
 */
export function encodeId(id: unknown): string {
  if (!Array.isArray(id)) return encodePart(id, id)
  if (id.length > MOST_PARTS) {
    throw new InvalidKeyError(id, `a tuple has at most ${MOST_PARTS} parts`)
  }
  // Not map(): it would leave holes out, and a hole is not a part.
  return `(${Array.from(id, (part) => encodePart(part, id)).join(',')})`
}

/**
 * What stands between the braces of a Redis key. Braces are percent-encoded, so that the hash tag of Redis Cluster is the
 * whole text; a text over 512 bytes is replaced by its SHA-256.
 */
export function redisKeyText(key: string): string {
  const text = /[%{}]/.test(key) ? key.replace(/[%{}]/g, encodeURIComponent) : key
  if (text.length * 3 <= LONGEST_TEXT || Buffer.byteLength(text) <= LONGEST_TEXT) return text
  return HASHED_PREFIX + createHash('sha256').update(key).digest('hex')
}

/** Whether the text is a digest: the record then holds the full key, to be compared. */
export function isHashedText(text: string): boolean {
  return text.startsWith(HASHED_PREFIX)
}

function encodePart(part: unknown, id: unknown): string {
  switch (typeof part) {
    case 'string':
      if (!part.isWellFormed()) {
        throw new InvalidKeyError(id, 'ill-formed UTF-16 (a lone surrogate)')
      }
      return PLAIN.test(part) ? part : JSON.stringify(part)
    case 'number':
      if (!Number.isFinite(part)) throw new InvalidKeyError(id, `${part} is no identity`)
      return String(part)
    case 'bigint':
      return `${part}n`
    default:
      throw new InvalidKeyError(
        id,
        'a key is made of strings, finite numbers, bigints, or an array of these',
      )
  }
}
