import { createHash } from 'node:crypto'
import type { HttpRequest } from './message.js'

/** Before all keys and tags of responses; a caller's own key may not begin so. */
const HTTP_PREFIX = 'http|'

/** Version of the layout of keys. */
const VERSION = '1'

const BEGIN = `${HTTP_PREFIX}${VERSION}|`

/** UTF-16 units; what is longer is replaced by its digest. */
const LONGEST = 240

/**
 * An input of the key beside the URL: where it stands in the request (a field, a cookie, the user, a variant; `p`: there is a
 * policy), its name, its value (undefined: absent).
 */
export type KeyPart = readonly [
  kind: 'h' | 'c' | 'u' | 'v' | 'p',
  name: string,
  value: string | undefined,
]

/**
 * The key of a response: injective, for every part is written with its length, and absent is not empty. One for GET and
 * HEAD. `target` is what the handler sees: nothing is normalised that it does not see as well.
 */
export function httpKey(request: HttpRequest, target: string, parts: readonly KeyPart[]): string {
  const { scheme, authority } = request
  let key = `${BEGIN}${scheme}|${authority.length}:${authority}|${target.length}:${target}`
  for (const [kind, name, value] of parts) {
    key += `|${kind}${name.length}:${name}`
    key += value === undefined ? '-' : `=${value.length}:${value}`
  }
  // what is short, as most are, is not copied again
  return isShort(key, LONGEST + BEGIN.length) ? key : `${BEGIN}${short(key.slice(BEGIN.length))}`
}

/** What the key of a response was made of. Undefined: it is no such key, or that was too long to be kept in it. */
export function addressOfKey(
  key: string,
): Pick<HttpRequest, 'scheme' | 'authority' | 'target'> | undefined {
  if (!key.startsWith(BEGIN)) return undefined
  const end = key.indexOf('|', BEGIN.length)
  const scheme = key.slice(BEGIN.length, end)
  if (scheme !== 'http' && scheme !== 'https') return undefined
  const authority = counted(key, end + 1)
  const target = authority && counted(key, authority.end + 1)
  return target && { scheme, authority: authority.text, target: target.text }
}

/** Text that its length stands before. */
function counted(key: string, at: number): { text: string; end: number } | undefined {
  const colon = key.indexOf(':', at)
  const length = colon < 0 ? Number.NaN : Number(key.slice(at, colon))
  const end = colon + 1 + length
  return Number.isInteger(length) && end <= key.length
    ? { text: key.slice(colon + 1, end), end }
    : undefined
}

/** The tag that all responses of one URL carry, whatever their query or variant. */
export function urlTag(request: Pick<HttpRequest, 'scheme' | 'authority' | 'target'>): string {
  const { scheme, authority, target } = request
  const end = target.indexOf('?')
  return `url:${short(`${scheme}://${authority}${end < 0 ? target : target.slice(0, end)}`)}`
}

/** The tag that all responses of one route carry. */
export function routeTag(pattern: string): string {
  return `route:${short(pattern)}`
}

function isShort(text: string, longest: number): boolean {
  return text.length <= longest && text.isWellFormed()
}

/** Texts that begin with a digest's mark are digested as well: no two texts become one. */
function short(text: string): string {
  if (isShort(text, LONGEST) && !text.startsWith('sha256:')) return text
  return `sha256:${createHash('sha256').update(text, 'utf16le').digest('base64url')}`
}

/** The tag of a group of responses of one origin (RFC 9875 section 2). */
export function groupTag(
  { scheme, authority }: Pick<HttpRequest, 'scheme' | 'authority'>,
  group: string,
): string {
  return `group:${short(`${scheme}://${authority}|${group}`)}`
}
