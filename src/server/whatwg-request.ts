import type { HttpRequest } from '../http/message.js'
import type { Incoming } from './incoming.js'

/** A WHATWG `Request` of what a listener has. Its body is read as it is asked for, up to the limit. */
export function whatwgRequest(incoming: Incoming, limit: number, signal: AbortSignal): Request {
  if (incoming.whole !== undefined) return incoming.whole
  const { method, length } = incoming
  const hasBody = length !== 0 && method !== 'GET' && method !== 'HEAD'
  if (!hasBody) return requestWithoutBody(incoming, signal)
  const body = ReadableStream.from(incoming.chunks(limit))
  return new Request(urlOf(incoming), {
    method,
    headers: headersOf(incoming),
    signal,
    body,
    duplex: 'half',
  })
}

export function requestWithoutBody(request: HttpRequest, signal: AbortSignal): Request {
  return new Request(urlOf(request), {
    method: request.method,
    headers: headersOf(request),
    signal,
  })
}

function headersOf({ fields }: HttpRequest): Headers {
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) {
    headers.append(fields[i] as string, fields[i + 1] as string)
  }
  return headers
}

function urlOf({ scheme, authority, target }: HttpRequest): string {
  if (target === '*') return `${scheme}://${authority}/`
  const mark = target.indexOf('?')
  const [path, query] = mark < 0 ? [target, ''] : [target.slice(0, mark), target.slice(mark)]
  // a URL takes it for a slash: the app would be at another path than the route that was found
  return `${scheme}://${authority}${path.replaceAll('\\', '%5C')}${query}`
}
