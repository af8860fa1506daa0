import type { IncomingMessage } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import { authorityOf } from './authority.js'
import { HandlerEvents } from './handler-events.js'
import { Overlay, values } from './overlay.js'

/** What a framework knows of a request beside its fields: by its own rules of which proxies to trust. */
export interface Addressed {
  readonly scheme: string
  readonly host: string | undefined
  /** Path and query before any router has cut a prefix off. */
  readonly target: string
}

/** Undefined for what no cache may have an opinion on: a host that is none, or a target that is no path (RFC 9112 section 3.2). */
export function requestOf(req: IncomingMessage, addressed: Addressed): HttpRequest | undefined {
  const { method = '', headers, rawHeaders } = req
  const scheme = addressed.scheme === 'https' ? 'https' : 'http'
  const authority = authorityOf(scheme, addressed.host)
  const { target } = addressed
  if (authority === undefined || !target.startsWith('/') || isAmbiguous(rawHeaders))
    return undefined
  return { method, scheme, authority, target, fields: fieldsIn(headers) }
}

/** As handlers read them: with what the middleware before us has changed. */
function fieldsIn(headers: IncomingMessage['headers']): Fields {
  const fields: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || name.startsWith(':')) continue // HTTP/2 keeps the request line here
    for (const line of Array.isArray(value) ? value : [value]) fields.push(name, line)
  }
  return fields
}

/** Two hosts: one of them is a lie (RFC 9112 section 3.2). */
function isAmbiguous(rawHeaders: readonly string[]): boolean {
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    if ((rawHeaders[i] as string).toLowerCase() === 'host') hosts++
  }
  return hosts > 1
}

/** What a handler sees of a request while it makes a response for all. */
export interface RequestView {
  readonly method: string
  readonly fields: Fields
  /** What the framework has put on the request, narrowed as well. */
  readonly properties: Readonly<Record<string, unknown>>
}

/** Lays the view over the request. The client's going is told by the response, when nobody else waits for it. */
export function viewed(
  req: IncomingMessage,
  { method, fields, properties }: RequestView,
): { readonly overlay: Overlay; readonly events: HandlerEvents } {
  const events = new HandlerEvents(req, ['close', 'aborted'])
  const headers: Record<string, string> = {}
  const headersDistinct: Record<string, string[]> = {}
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const line = fields[i + 1] as string
    headers[name] = headers[name] === undefined ? line : `${headers[name]}, ${line}`
    headersDistinct[name] = [...(headersDistinct[name] ?? []), line]
  }
  const shown = { method, headers, headersDistinct, rawHeaders: [...fields], ...properties }
  return { overlay: new Overlay(req, { ...values(shown), ...events.properties() }), events }
}
