import type { Incoming } from './incoming.js'

/** A WHATWG `Request` of what a listener has. Its body is read as it is asked for, up to the limit. */
export function whatwgRequest(incoming: Incoming, limit: number, signal: AbortSignal): Request {
  const { method, scheme, authority, target, fields, length, whole } = incoming
  if (whole !== undefined) {
    if (whole.body === null) return whole
    const body = ReadableStream.from(incoming.chunks(limit))
    return new Request(whole, { method, body, duplex: 'half' })
  }
  const headers = new Headers()
  for (let i = 0; i < fields.length; i += 2) {
    headers.append(fields[i] as string, fields[i + 1] as string)
  }
  const url = `${scheme}://${authority}${target === '*' ? '/' : target}`
  const hasBody = length !== 0 && method !== 'GET' && method !== 'HEAD'
  if (!hasBody) return new Request(url, { method, headers, signal })
  const body = ReadableStream.from(incoming.chunks(limit))
  return new Request(url, { method, headers, signal, body, duplex: 'half' })
}
