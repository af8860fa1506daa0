import type { Cache } from '../cache/cache.js'
import { InvalidOptionError } from '../errors.js'
import { hasField } from '../http/fields.js'
import type { HttpBody } from '../http/message.js'
import { piecesOf, type BodySource } from './body-source.js'
import { formatEvents, type ServerSentEvent } from './events.js'
import { checkedName, checkedValue, fieldsOfInput, type HeaderInput } from './header-input.js'
import type { Miss } from './miss.js'
import type { ParamsOf } from './params.js'
import { Pending } from './pending.js'
import { Reply } from './reply.js'
import type { ServerRequest } from './request.js'
import { BYTES, HTML, JSON_TYPE, TEXT } from './response-of.js'

const EVENTS: HeaderInput = { 'cache-control': 'no-cache' }

/** What a handler is given: the request in `req` and `params`, and the words to answer with. */
export class Context<P extends string = string> {
  readonly req: ServerRequest
  /** What `:name` and `*name` of the pattern stand for, decoded. */
  readonly params: ParamsOf<P>
  /** @internal Method and pattern of the route that is run. */
  name: string | undefined
  /** @internal Why there is none. */
  miss: Miss | undefined
  readonly #cacheOf: () => Cache
  #seenCache: (() => Cache) | undefined
  #status: number | undefined
  #pending: Pending | undefined

  /** @internal */
  constructor(req: ServerRequest, params: ParamsOf<P>, cacheOf: () => Cache) {
    this.req = req
    this.params = params
    this.#cacheOf = cacheOf
  }

  /** The cache of the server. What a handler reads of it, its cached answer depends on. */
  get cache(): Cache {
    return this.#seenCache?.() ?? this.#cacheOf()
  }

  /** @internal Gives this in its place from now on. */
  showCache(cacheOf: (() => Cache) | undefined): void {
    this.#seenCache = cacheOf
  }

  /** Sets the status of what is answered without saying one. */
  status(code: number): void {
    this.#status = checkedStatus(code)
  }

  /**
   * Sets a field of the response, in the place of one that is there; `append` leaves it there, and `set-cookie` always
   * does. `undefined` takes back what was set here.
   */
  header(name: string, value: string | undefined, options?: { readonly append?: boolean }): void {
    const lower = checkedName(name)
    const pending = (this.#pending ??= new Pending())
    if (value === undefined) pending.delete(lower)
    else if (options?.append === true) pending.append(lower, checkedValue(lower, value))
    else pending.set(lower, checkedValue(lower, value))
  }

  json(value: unknown, status?: number, headers?: HeaderInput): Reply {
    const text = JSON.stringify(value) as string | undefined
    if (text === undefined) throw new InvalidOptionError('json', value, 'a value that JSON has')
    return this.#reply(status, JSON_TYPE, headers, text)
  }

  text(text: string, status?: number, headers?: HeaderInput): Reply {
    return this.#reply(status, TEXT, headers, text)
  }

  html(text: string, status?: number, headers?: HeaderInput): Reply {
    return this.#reply(status, HTML, headers, text)
  }

  bytes(bytes: Uint8Array, status?: number, headers?: HeaderInput): Reply {
    return this.#reply(status, BYTES, headers, bytes)
  }

  /** A body that comes piece by piece, no faster than the client takes it. */
  stream(source: BodySource, status?: number, headers?: HeaderInput): Reply {
    return this.#reply(status, BYTES, headers, piecesOf(source))
  }

  /** Server-sent events. The source should end when `req.signal` aborts. */
  events(source: AsyncIterable<ServerSentEvent>, headers?: HeaderInput): Reply {
    const fields = { ...EVENTS, ...headers }
    return this.#reply(undefined, 'text/event-stream', fields, piecesOf(formatEvents(source)))
  }

  /** To another URL, 302 unless said otherwise. What is no ASCII in it is escaped. */
  redirect(url: string | URL, status = 302): Reply {
    const location = String(url).replace(/[^\x21-\x7e]+/g, encodeURI)
    return new Reply(checkedStatus(status), ['location', location], undefined)
  }

  /** @internal The status for what does not say one. */
  get pendingStatus(): number | undefined {
    return this.#status
  }

  /** @internal The response with the fields that were set since the last one. */
  finish(reply: Reply): Reply {
    const pending = this.#pending
    if (pending === undefined) return reply
    this.#pending = undefined
    return pending.isEmpty ? reply : pending.onto(reply)
  }

  /** @internal What was set so far, taken away: it does not belong to what is answered below. */
  setAside(): SetAside {
    const aside = { status: this.#status, pending: this.#pending }
    this.#status = undefined
    this.#pending = undefined
    return aside
  }

  /** @internal */
  restore({ status, pending }: SetAside): void {
    this.#status = status
    this.#pending = pending
  }

  #reply(
    status: number | undefined,
    type: string,
    headers: HeaderInput | undefined,
    body: HttpBody | string,
  ): Reply {
    const code = status === undefined ? (this.#status ?? 200) : checkedStatus(status)
    if (headers === undefined && this.#pending === undefined) {
      return new Reply(code, ['content-type', type], body)
    }
    const fields = headers === undefined ? [] : fieldsOfInput(headers)
    if (!hasField(fields, 'content-type') && this.#pending?.has('content-type') !== true) {
      fields.unshift('content-type', type)
    }
    // what is said last counts: fields given here stand, those set before under the same names do not
    for (let i = 0; i < fields.length; i += 2) {
      if (fields[i] !== 'set-cookie') this.#pending?.delete(fields[i] as string)
    }
    return new Reply(code, fields, body)
  }
}

export interface SetAside {
  readonly status: number | undefined
  readonly pending: Pending | undefined
}

function checkedStatus(status: number): number {
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new InvalidOptionError('status', status, 'a whole number, 200 .. 599')
  }
  return status
}
