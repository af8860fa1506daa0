import type { Visit } from './exchange.js'
import { withoutFields } from './fields.js'
import type { HttpRequest, HttpResponse, ResponseHead } from './message.js'
import type { StoredResponse } from './stored-response.js'
import { freshen, validationRequest } from './validation.js'

/** The whole of it, also for a HEAD, and if the stored one is still good, that (RFC 9111 section 4.3.3). */
export async function askOrigin(
  { request, origin, rule }: Visit,
  stored: StoredResponse | undefined,
  signal: AbortSignal,
): Promise<HttpResponse> {
  const whole = wholeOf(rule.compress ? inIdentity(request) : request)
  const plain = validationRequest(whole, NO_VALIDATOR)
  const response = await origin(
    stored === undefined ? plain : validationRequest(whole, stored),
    signal,
  )
  if (stored === undefined || response.status !== 304) return response
  discard(response)
  const freshened = freshen(stored, response)
  if (freshened === undefined) return await origin(plain, signal)
  return { status: freshened.status, fields: freshened.fields, body: stored.body }
}

function wholeOf(request: HttpRequest): HttpRequest {
  return request.method === 'HEAD' ? { ...request, method: 'GET' } : request
}

/** Without a coding: those are made here. */
function inIdentity(request: HttpRequest): HttpRequest {
  return { ...request, fields: withoutFields(request.fields, ACCEPT_ENCODING) }
}

const ACCEPT_ENCODING: ReadonlySet<string> = new Set(['accept-encoding'])

const NO_VALIDATOR: ResponseHead = Object.freeze({ status: 200, fields: Object.freeze([]) })

/** A body that nobody reads is let go. */
export function discard({ body }: HttpResponse): void {
  if (body === undefined || body instanceof Uint8Array) return
  const iterator = body[Symbol.asyncIterator]()
  Promise.resolve(iterator.return?.()).catch(() => {
    // it is not wanted, however it ends
  })
}
