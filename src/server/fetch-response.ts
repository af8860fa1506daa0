import type { HttpResponse } from '../http/message.js'

/** Statuses that have no body; `Response` refuses one. */
const WITHOUT_BODY = new Set([204, 205, 304])

/** As WHATWG has it. Of HEAD, the body is left out. */
export function whatwgResponse({ status, fields, body }: HttpResponse, method: string): Response {
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) {
    headers.append(fields[i] as string, fields[i + 1] as string)
  }
  const isWithout = method === 'HEAD' || WITHOUT_BODY.has(status) || body === undefined
  return new Response(isWithout ? null : bodyOf(body), { status, headers })
}

function bodyOf(
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Uint8Array | ReadableStream<Uint8Array> {
  return body instanceof Uint8Array ? body : ReadableStream.from(body)
}
