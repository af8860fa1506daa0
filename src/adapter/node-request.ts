import type { IncomingMessage } from 'node:http'
import { type Fields, linesOf } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import { authorityOf } from './authority.js'
import { HandlerEvents } from './handler-events.js'
import { quietSocket } from './handler-socket.js'
import { Overlay, values } from './overlay.js'
import { namesOf } from './own-fields.js'

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
  const authority = authorityOf(scheme, addressed.host ?? headers[':authority']?.toString())
  const { target } = addressed
  if (authority === undefined || !isPath(target) || isAmbiguous(rawHeaders) || isTwofold(headers))
    return undefined
  return { method, scheme, authority, target, fields: fieldsIn(headers) }
}

/** HTTP/2 has its own place for the host; what says another is malformed (RFC 9113 section 8.3.1). */
function isTwofold(headers: IncomingMessage['headers']): boolean {
  const { ':authority': authority, host } = headers
  return authority !== undefined && host !== undefined && authority !== host
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

/** A `#` ends it for some and not for others; it is in no request target (RFC 9112 section 3.2). */
function isPath(target: string): boolean {
  return target.startsWith('/') && !target.includes('#')
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
  readonly fields: Fields
  /** What the framework has put on the request, narrowed as well. */
  readonly properties: Readonly<Record<string, unknown>>
  /** The framework's own request and its properties. */
  readonly other: readonly [object, Readonly<Record<string, unknown>>] | undefined
}

/** A view, laid over a request. */
export class Look {
  /** The client's going is told here: when nobody else waits. */
  readonly events: HandlerEvents
  readonly #overlays: readonly Overlay[]

  constructor(req: IncomingMessage, { fields, properties, other }: RequestView) {
    this.events = new HandlerEvents(req, ['close', 'aborted'])
    const socket = quietSocket(req.socket, this.events.emitter)
    const shown = {
      socket,
      rawHeaders: [...fields],
      ...headersIn(fields),
      ...properties,
    }
    const own = new Overlay(req, { ...values(shown), ...this.events.properties() })
    this.#overlays = other === undefined ? [own] : [own, new Overlay(other[0], values(other[1]))]
  }

  apply(): void {
    for (const overlay of this.#overlays) overlay.apply()
  }

  remove(): void {
    for (const overlay of this.#overlays) overlay.remove()
  }
}

export function headersIn(fields: Fields): Readonly<Record<string, unknown>> {
  const headers: Record<string, string> = {}
  const headersDistinct: Record<string, string[]> = {}
  for (const name of namesOf(fields)) {
    const lines = linesOf(fields, name)
    headers[name] = lines.join(', ')
    headersDistinct[name] = lines
  }
  return { headers, headersDistinct }
}
