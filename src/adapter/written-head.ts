import type { ServerResponse } from 'node:http'
import { type Fields, linesOf } from '../http/fields.js'
import { namesOf } from './own-fields.js'

type HeaderValue = number | string | readonly string[]

/** The fields that are set on a response and not sent yet. */
export function fieldsSet(res: ServerResponse): Fields {
  const fields: string[] = []
  for (const name of res.getHeaderNames()) {
    const value = res.getHeader(name)
    for (const line of Array.isArray(value) ? value : [value]) fields.push(name, String(line))
  }
  return fields
}

/** Sets all lines of fields, in the place of what is set under their names. */
export function setFields(res: ServerResponse, fields: Fields): void {
  for (const name of namesOf(fields)) {
    const lines = linesOf(fields, name)
    res.setHeader(name, lines.length === 1 ? (lines[0] as string) : lines)
  }
}

/** Headers as `writeHead` takes them: an object, or an array, flat or of pairs. */
export function headersGiven(
  headers: unknown,
): readonly (readonly [name: string, value: HeaderValue])[] {
  if (headers === undefined || headers === null) return []
  if (!Array.isArray(headers)) {
    return Object.entries(headers as Record<string, HeaderValue>)
  }
  const flat: unknown[] = Array.isArray(headers[0]) ? headers.flat() : headers
  const together = new Map<string, string[]>()
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = String(flat[i]).toLowerCase()
    const value: unknown = flat[i + 1]
    const lines = Array.isArray(value) ? value.map(String) : [String(value)]
    together.set(name, [...(together.get(name) ?? []), ...lines])
  }
  return [...together].map(([name, [first = '', ...more]]) => [
    name,
    more.length === 0 ? first : [first, ...more],
  ])
}

/** What Node says of a head that is out. */
export function headersSentError(doing: string): Error {
  return Object.assign(new Error(`Cannot ${doing} headers after they are sent to the client`), {
    code: 'ERR_HTTP_HEADERS_SENT',
  })
}
