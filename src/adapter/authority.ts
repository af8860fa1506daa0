/** A name, an IPv4 address or an IPv6 address in brackets, and a port (RFC 3986 section 3.2; RFC 9110 section 7.2). */
const HOST = /^(\[[0-9a-f:.]{2,45}\]|[a-z0-9._~-]{1,255})(?::(\d{0,5}))?$/

const DEFAULT_PORTS = { http: '80', https: '443' } as const

/**
 * What a Host field names: lower case, without a port that the scheme implies. Undefined when it is no host: user
 * information, white space, a path, other characters that two recipients may read in two ways.
 */
export function authorityOf(
  scheme: 'http' | 'https',
  host: string | undefined,
): string | undefined {
  const match = host === undefined ? null : HOST.exec(host.toLowerCase())
  if (match === null) return undefined
  const [, name = '', port = ''] = match
  return port === '' || port === DEFAULT_PORTS[scheme] ? name : `${name}:${port}`
}
