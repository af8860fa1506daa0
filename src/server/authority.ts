/** A host of letters, digits, `-._~`, or an address in brackets; perhaps a port. What else RFC 3986 permits nobody sends. */
const AUTHORITY = /^(?:[\w.~-]{1,255}|\[[\d:.A-Fa-f]{2,45}\])(?::\d{0,5})?$/

const DEFAULT_PORT = { http: ':80', https: ':443' } as const

/** Host and port in lower case, without the port that the scheme means anyway. Undefined: it is none. */
export function authorityOf(text: string, scheme: 'http' | 'https'): string | undefined {
  if (!AUTHORITY.test(text)) return undefined
  const lower = text.toLowerCase()
  if (lower.endsWith(DEFAULT_PORT[scheme])) return lower.slice(0, -DEFAULT_PORT[scheme].length)
  return lower.endsWith(':') ? lower.slice(0, -1) : lower
}
