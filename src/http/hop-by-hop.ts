import { splitList } from './field-list.js'
import { type Fields, linesOf, withoutFields } from './fields.js'

/**
 * RFC 9110 section 7.6.1 and those it takes from older specifications: they end at the next recipient. And what RFC 9111
 * section 3.1 forbids to store: it belongs to one client's way through a proxy.
 */
const ALWAYS: readonly string[] = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
]

/**
 * Fields that stay whatever Connection says. RFC 9110 section 7.6.1 forbids senders to name a field meant for all
 * recipients, and Cache-Control is its example: who names one of these wants a message to arrive without what protects it
 * (its framing, its identity, who asks, how it may be cached).
 */
const KEPT: ReadonlySet<string> = new Set([
  'age',
  'authorization',
  'cache-control',
  'cache-group-invalidation',
  'cache-groups',
  'cache-status',
  'cdn-cache-control',
  'content-encoding',
  'content-length',
  'content-location',
  'content-range',
  'content-security-policy',
  'content-type',
  'cookie',
  'date',
  'etag',
  'expires',
  'forwarded',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'last-modified',
  'location',
  'origin',
  'pragma',
  'range',
  'set-cookie',
  'surrogate-control',
  'vary',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
])

/** Without what concerns only this connection: neither forwarded nor stored. */
export function withoutHopByHop(fields: Fields): Fields {
  const names = new Set(ALWAYS)
  for (const option of splitList(linesOf(fields, 'connection'))) {
    const name = option.toLowerCase()
    if (!KEPT.has(name) && !name.endsWith('-cache-control')) names.add(name)
  }
  return withoutFields(fields, names)
}
