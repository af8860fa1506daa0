import type { ServerResponse } from 'node:http'
import { splitList } from '../http/field-list.js'
import { type Fields, linesOf } from '../http/fields.js'
import type { Incoming } from './incoming.js'

/** Whether the client reads what stands behind a body in chunks: it says so (RFC 9110 section 6.5.1). */
export function takesTrailers({ fields, version }: Incoming): boolean {
  if (version === '1.0') return false
  return splitList(linesOf(fields, 'te')).some((member) => member.toLowerCase() === 'trailers')
}

/** Does nothing where the body is not in chunks. */
export function addTrailers(res: ServerResponse, fields: Fields): void {
  const lines: [string, string][] = []
  for (let i = 0; i < fields.length; i += 2) {
    lines.push([fields[i] as string, fields[i + 1] as string])
  }
  if (lines.length > 0) res.addTrailers(lines)
}
