import { STATUS_CODES } from 'node:http'
import type { Fields } from '../http/fields.js'
import { Reply } from './reply.js'

const TYPE = 'application/problem+json'

const plain = new Map<number, Uint8Array>()

/** A short answer about an error (RFC 9457). It tells what the client may know: the status, perhaps a detail. */
export function problem(status: number, detail?: string, fields: Fields = []): Reply {
  const body = detail === undefined ? plainBody(status) : bodyOf(status, detail)
  return new Reply(status, ['content-type', TYPE, ...fields], body)
}

function plainBody(status: number): Uint8Array {
  const known = plain.get(status)
  if (known !== undefined) return known
  const body = bodyOf(status, undefined)
  plain.set(status, body)
  return body
}

function bodyOf(status: number, detail: string | undefined): Uint8Array {
  const title = STATUS_CODES[status] ?? 'Error'
  return Buffer.from(JSON.stringify({ type: 'about:blank', title, status, detail }))
}
