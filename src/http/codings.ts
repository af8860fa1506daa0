import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import { parseDirectives } from './directives.js'
import { type Fields, hasField, linesOf, valueOf, withField, withoutFields } from './fields.js'
import type { HttpRequest } from './message.js'
import { weightsOf } from './preferred.js'
import type { Coding, StoredResponse } from './stored-response.js'
import { varyOf } from './vary.js'

const gzipped = promisify(gzip)
const brotlied = promisify(brotliCompress)

/** Quality of brotli: stored once and sent often, but made while others wait for the entry. */
const BROTLI_QUALITY = 5

/** Of these types, and of those that end in +json, +xml, +text. */
const COMPRESSIBLE =
  /^(?:text\/(?!event-stream)|application\/(?:javascript|json|manifest\+json|rtf|wasm|xml|x-ndjson)|font\/(?:otf|ttf)|image\/(?:bmp|svg\+xml|x-icon))|\+(?:json|xml|text)\b/

/** Whether a response would be sent in other codings: of such a type, without a coding of its own, and may be changed. */
export function isCompressible(fields: Fields): boolean {
  const type = valueOf(fields, 'content-type')?.slice(0, 256).toLowerCase()
  if (type === undefined || !COMPRESSIBLE.test(type)) return false
  if (hasField(fields, 'content-encoding') || hasField(fields, 'content-range')) return false
  // RFC 9111 section 5.2.2.6
  return !parseDirectives(linesOf(fields, 'cache-control')).noTransform
}

/** The body in the codings that make it smaller; zlib's threads do the work. */
export async function codingsOf(body: Uint8Array): Promise<readonly Coding[]> {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
    [constants.BROTLI_PARAM_SIZE_HINT]: body.byteLength,
  }
  const [br, gz] = await Promise.all([brotlied(body, { params }), gzipped(body)])
  const made: Coding[] = [
    { name: 'br', body: br },
    { name: 'gzip', body: gz },
  ]
  return made.filter((coding) => coding.body.byteLength < body.byteLength)
}

/** Says that the response depends on what codings a client takes. */
export function withCodingVary(fields: Fields): Fields {
  const names = varyOf(fields)
  if (names === '*' || names.includes('accept-encoding')) return fields
  return withField(fields, 'vary', [...names, 'accept-encoding'].join(', '))
}

/**
 * The stored response in the coding that the client takes most gladly (RFC 9110 section 12.5.3); as it is when that is
 * 'identity', when nothing is said, and for a part of it.
 */
export function inCodingFor(request: HttpRequest, stored: StoredResponse): StoredResponse {
  if (stored.codings.length === 0 || hasField(request.fields, 'range')) return stored
  const accepted = valueOf(request.fields, 'accept-encoding')
  if (accepted === undefined) return stored
  const weights = weightsOf(accepted)
  const weightOf = (name: string): number => weights.get(name) ?? weights.get('*') ?? 0
  let best: Coding | undefined
  // what is not mentioned is taken, but less gladly than anything that is
  let weight = weights.get('identity') ?? 0
  for (const coding of stored.codings) {
    const own = weightOf(coding.name)
    if (own > weight || (own > 0 && own === weight && best === undefined)) {
      best = coding
      weight = own
    }
  }
  return best === undefined ? stored : coded(stored, best)
}

/** Everything `inCodingFor` may give, as it is first. */
export function representationsOf(
  stored: StoredResponse,
): readonly (StoredResponse & { readonly coding: Coding['name'] | 'identity' })[] {
  return [
    { ...stored, coding: 'identity' },
    ...stored.codings.map((coding) =>
      Object.assign(coded(stored, coding), { coding: coding.name }),
    ),
  ]
}

const REPLACED: ReadonlySet<string> = new Set([
  'content-length',
  'etag',
  'content-encoding',
  'accept-ranges',
])

/** Another representation: with a length and an entity tag of its own (RFC 9110 section 8.8.3.3). */
function coded(stored: StoredResponse, { name, body }: Coding): StoredResponse {
  const kept = withoutFields(stored.fields, REPLACED)
  const own = ['content-encoding', name, 'content-length', String(body.byteLength)]
  const etag = valueOf(stored.fields, 'etag')
  if (etag?.endsWith('"') === true) own.push('etag', `${etag.slice(0, -1)}-${name}"`)
  return { ...stored, fields: [...kept, ...own], body }
}
