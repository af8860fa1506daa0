import { InvalidOptionError } from '../errors.js'

/** Stands for every known method that has no route of its own in the same place. */
export const ANY_METHOD = '*'

/** Known to every server. */
export const METHODS: readonly string[] = [
  'DELETE',
  'GET',
  'HEAD',
  'OPTIONS',
  'PATCH',
  'POST',
  'PUT',
]

/** Never routed: a tunnel, and an echo of what proxies added (RFC 9110 sections 9.3.6 and 9.3.8). */
export const REFUSED_METHODS: ReadonlySet<string> = new Set(['CONNECT', 'TRACE'])

/** Others that node:http can parse; a server knows those it has a route for. */
const REGISTRABLE: ReadonlySet<string> = new Set(
  METHODS.concat(
    ['ACL', 'BIND', 'CHECKOUT', 'COPY', 'LINK', 'LOCK', 'M-SEARCH', 'MERGE', 'MKACTIVITY'],
    ['MKCALENDAR', 'MKCOL', 'MOVE', 'NOTIFY', 'PROPFIND', 'PROPPATCH', 'PURGE', 'REBIND'],
    ['REPORT', 'SEARCH', 'SOURCE', 'SUBSCRIBE', 'UNBIND', 'UNLINK', 'UNLOCK', 'UNSUBSCRIBE'],
  ),
)

/** Throws `InvalidOptionError` naming `method`. */
export function parseMethod(method: unknown): string {
  if (typeof method !== 'string' || !REGISTRABLE.has(method)) {
    throw new InvalidOptionError('method', method, [...REGISTRABLE].join(', '))
  }
  return method
}

/** Whether a route for the method answers what is read: from a cache, if it has one. */
export function isReading(method: string): boolean {
  return method === 'GET' || method === 'HEAD' || method === ANY_METHOD
}
