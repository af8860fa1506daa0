import type { HttpResponse } from '../http/message.js'
import { piecesOf, type BodySource } from './body-source.js'
import { Reply } from './reply.js'

export const TEXT = 'text/plain; charset=utf-8'
export const HTML = 'text/html; charset=utf-8'
export const JSON_TYPE = 'application/json'
export const BYTES = 'application/octet-stream'

/**
 * What a handler returned, as a response; the status is that of the context. A string is text, bytes are bytes, something
 * to iterate is a stream, nothing is 204, a `Response` is taken as it is, and everything else is JSON.
 */
export function replyOf(result: unknown, status: number | undefined): Reply {
  if (result instanceof Reply) return result
  if (typeof result === 'string') return typed(status, TEXT, result)
  if (result === undefined) return new Reply(status ?? 204, [], undefined)
  if (typeof result !== 'object' || result === null) return jsonReply(result, status)
  if (result instanceof Uint8Array) return typed(status, BYTES, result)
  if (result instanceof ArrayBuffer) return typed(status, BYTES, new Uint8Array(result))
  if (isWhatwgResponse(result)) return Reply.of(fromWhatwg(result))
  if (Symbol.asyncIterator in result) return typed(status, BYTES, piecesOf(result as BodySource))
  return jsonReply(result, status)
}

function jsonReply(value: unknown, status: number | undefined): Reply {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw new TypeError(`a ${typeof value} is no JSON`)
  return typed(status, JSON_TYPE, text)
}

/** Judged by its shape: it may come from another realm, or from a package. */
function isWhatwgResponse(value: object): value is Response {
  const { status, headers, arrayBuffer } = value as Partial<Response>
  return typeof status === 'number' && typeof arrayBuffer === 'function' && headers !== undefined
}

function fromWhatwg(response: Response): HttpResponse {
  const fields: string[] = []
  response.headers.forEach((value, name) => fields.push(name, value))
  const { body } = response
  return { status: response.status, fields, body: body === null ? undefined : piecesOf(body) }
}

function typed(
  status: number | undefined,
  type: string,
  body: HttpResponse['body'] | string,
): Reply {
  return new Reply(status ?? 200, ['content-type', type], body)
}
