import { fieldsOf } from '../../../src/http/fields.js'
import type { HttpRequest, ResponseHead } from '../../../src/http/message.js'
import type { CacheRules, Exchange } from '../../../src/http/storable.js'

/** Field lines as they are written on the wire, a line each: `Cache-Control: max-age=60`. */
export type Lines = string | readonly string[]

/** Sun, 06 Nov 1994 08:49:37 GMT. */
export const NOW = 784_111_777_000

export const RULES: CacheRules = {
  targeted: ['strata-cache-control', 'cdn-cache-control'],
  heuristics: true,
  setCookie: 'refuse',
}

export function fields(lines: Lines = []): readonly string[] {
  const raw = [lines].flat().flatMap((line) => {
    const colon = line.indexOf(':')
    return [line.slice(0, colon), line.slice(colon + 1).trim()]
  })
  return fieldsOf(raw)
}

export function get(lines: Lines = [], rest: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'GET',
    scheme: 'https',
    authority: 'a.example',
    target: '/',
    fields: fields(lines),
    ...rest,
  }
}

export function response(lines: Lines = [], status = 200): ResponseHead {
  return { status, fields: fields(lines) }
}

/** A response that took no time. */
export function exchange(
  responseLines: Lines,
  requestLines: Lines = [],
  { status = 200, ...rest }: Partial<HttpRequest> & { status?: number } = {},
): Exchange {
  return {
    request: get(requestLines, rest),
    response: response(responseLines, status),
    requestAt: NOW,
    responseAt: NOW,
  }
}
