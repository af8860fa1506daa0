import type { Fields } from '../http/fields.js'

/** Of the connection, not of the response; and the framing, which the listener alone decides (RFC 9110 section 7.6.1). */
const OURS: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** The lengths of these names, a bit each: most others are told apart by it. */
const OUR_LENGTHS = [...OURS].reduce((bits, name) => bits | (1 << name.length), 0)

/** Whether the listener says it, or leaves it out, whatever a response says. */
export function isOurs(name: string): boolean {
  return ((OUR_LENGTHS >> name.length) & 1) !== 0 && OURS.has(name)
}

/** Statuses whose answers have no body (RFC 9110 section 6.4.1). */
export function isBodiless(status: number): boolean {
  return status === 204 || status === 304 || status === 205
}

/** Bytes that a response promises of a body that is still to come. */
export function promisedLength(fields: Fields): string | undefined {
  for (let i = 0; i < fields.length; i += 2) {
    if (fields[i] === 'content-length') return /^\d{1,15}$/.exec(fields[i + 1] as string)?.[0]
  }
  return undefined
}
