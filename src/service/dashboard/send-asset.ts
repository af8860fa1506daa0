import { parseEntityTag, parseEntityTags, weakMatch } from '../../http/entity-tag.js'
import { weightsOf } from '../../http/preferred.js'
import type { Context } from '../../server/index.js'
import { Reply } from '../../server/reply.js'
import { problemReply } from '../problem.js'
import type { Asset } from './assets.js'

/**
 * Nothing but what this server sends: no script and no style in the page itself, no form that is sent by the browser, no
 * frame around it. (The charts set styles through the CSSOM, to which this does not apply.)
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** Answers with a file of the page, in gzip where the browser takes it. Undefined: there is no such file. */
export function sendAsset(c: Context, asset: Asset | undefined): Reply {
  if (asset === undefined) return problemReply('not-found')
  const weights = weightsOf(c.req.header('accept-encoding') ?? '')
  const isGzipped = (weights.get('gzip') ?? weights.get('*') ?? 0) > 0
  const etag = isGzipped ? asset.gzippedEtag : asset.etag
  // what else stands on the context (the fields of the data API) gives way to these
  c.header('content-security-policy', POLICY)
  c.header('x-content-type-options', 'nosniff')
  c.header('referrer-policy', 'no-referrer')
  c.header('cross-origin-resource-policy', 'same-origin')
  c.header('cross-origin-opener-policy', 'same-origin')
  c.header('cache-control', 'no-cache')
  c.header('vary', 'accept-encoding')
  c.header('etag', etag)
  if (isKnown(c.req.header('if-none-match'), etag)) return new Reply(304, [], undefined)
  if (isGzipped) c.header('content-encoding', 'gzip')
  return c.bytes(isGzipped ? asset.gzipped : asset.bytes, 200, { 'content-type': asset.type })
}

function isKnown(condition: string | undefined, etag: string): boolean {
  if (condition === undefined) return false
  const own = parseEntityTag(etag)
  const known = parseEntityTags([condition])
  return own !== undefined && (known === '*' || known.some((tag) => weakMatch(tag, own)))
}
