import type { HttpRequest } from './message.js'

/** A resource of HTTP: the parts of a URI that tell it from others, none of them normalised but the authority. */
export type Resource = Pick<HttpRequest, 'scheme' | 'authority' | 'target'>

const DEFAULT_PORTS = { http: ':80', https: ':443' } as const

/** Scheme, `//` and authority, path, query (RFC 3986 appendix B); a fragment is none of the resource's. */
const REFERENCE = /^(?:([A-Za-z][A-Za-z0-9+.-]*):)?(\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?/

/** What is allowed in a URI at all (RFC 3986 section 2), and bytes that many servers send as they are. */
const URI = /^[!#-;=?-Z_a-z~[\]\x80-\uffff]*$/

/** No Location that is longer is worth a look. */
const LONGEST = 8_192

/**
 * The resource that a reference means in a response for `base` (RFC 3986 section 5.2); undefined unless it is one of http or
 * https. Not by `URL`: its path and query stay as they are written, since stored responses are found by what was sent.
 */
export function resolveReference(reference: string, base: Resource): Resource | undefined {
  if (reference.length > LONGEST || !URI.test(reference)) return undefined
  const [, scheme, authority, path = '', query = ''] = REFERENCE.exec(reference) ?? []
  if (authority !== undefined) return absolute(scheme ?? base.scheme, authority, path + query)
  // With a scheme and no authority it is no URI of a resource of HTTP.
  if (scheme !== undefined) return undefined
  return { ...base, target: targetIn(base.target, path, query) }
}

function absolute(scheme: string, authority: string, target: string): Resource | undefined {
  const known = scheme.toLowerCase()
  if (known !== 'http' && known !== 'https') return undefined
  const normalised = normalAuthority(known, authority.slice(2))
  if (normalised === undefined) return undefined
  return { scheme: known, authority: normalised, target: rooted(target) }
}

/** The target of a reference without an authority, relative to another target. */
function targetIn(base: string, path: string, query: string): string {
  const [basePath = '/'] = base.split('?', 1)
  if (path === '') return query === '' ? base : basePath + query
  if (path.startsWith('/')) return rooted(path + query)
  return rooted(basePath.slice(0, basePath.lastIndexOf('/') + 1) + path + query)
}

/** A path (and query) without its dot segments (RFC 3986 section 5.2.4). */
function rooted(target: string): string {
  const mark = target.indexOf('?')
  const [path, query] = mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark)]
  const segments = path.split('/').slice(1)
  const kept: string[] = []
  for (const segment of segments) {
    if (segment === '..') kept.pop()
    else if (segment !== '.') kept.push(segment)
  }
  // A dot segment at the end leaves its slash behind.
  const last = segments.at(-1)
  if (last === '.' || last === '..') kept.push('')
  return `/${kept.join('/')}${query}`
}

/** As in `HttpRequest`; undefined with user information, which no resource of ours has, or without a host. */
function normalAuthority(scheme: 'http' | 'https', text: string): string | undefined {
  const authority = text.toLowerCase()
  if (authority.includes('@')) return undefined
  const port = DEFAULT_PORTS[scheme]
  const host = authority.endsWith(port) ? authority.slice(0, -port.length) : authority
  const bare = host.endsWith(':') ? host.slice(0, -1) : host
  return bare === '' ? undefined : bare
}
