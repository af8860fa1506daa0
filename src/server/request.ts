import { isUtf8 } from 'node:buffer'
import { linesOf, valueOf } from '../http/fields.js'
import { HttpError } from '../errors.js'
import { cookiesOf } from './cookies.js'
import type { Incoming } from './incoming.js'
import { Query } from './query.js'
import type { RequestView } from './request-view.js'
import { whatwgRequest } from './whatwg-request.js'

/** `c.req`. Nothing is parsed or read before it is asked for. */
export class ServerRequest {
  readonly #incoming: Incoming
  readonly #query: string
  /** Canonical: see the routing rules. */
  readonly path: string
  /** Bytes a body may have. */
  readonly #limit: number
  #parsedQuery: Query | undefined
  #cookies: ReadonlyMap<string, string> | undefined
  #body: Promise<Uint8Array> | undefined
  #controller: AbortController | undefined
  #abortReason: { readonly reason: unknown } | undefined
  #raw: Request | undefined
  #view: RequestView | undefined

  /** @internal */
  constructor(incoming: Incoming, path: string, query: string, limit: number) {
    this.#incoming = incoming
    this.path = path
    this.#query = query
    this.#limit = limit
  }

  get method(): string {
    return this.#view?.method ?? this.#incoming.method
  }

  /** The first value of a parameter of the query; without a name, the first values of all. */
  query(): Record<string, string>
  query(name: string): string | undefined
  query(name?: string): Record<string, string> | string | undefined {
    this.#view?.witness('query', name)
    const query = (this.#parsedQuery ??= new Query(this.#query))
    return name === undefined ? query.record() : query.first(name)
  }

  /** All values of a parameter of the query. */
  queries(name: string): readonly string[] {
    this.#view?.witness('query', name)
    return (this.#parsedQuery ??= new Query(this.#query)).all(name)
  }

  /** Values of several lines are joined by commas. The name may be written in any case. */
  header(name: string): string | undefined {
    const lower = name.toLowerCase()
    this.#view?.witness('header', lower)
    return valueOf(this.#view?.fields ?? this.#incoming.fields, lower)
  }

  cookie(name: string): string | undefined {
    this.#view?.witness('cookie', name)
    this.#cookies ??= cookiesOf(linesOf(this.#incoming.fields, 'cookie'))
    return this.#cookies.get(name)
  }

  /**
   * The whole body, read once. Rejects with `HttpError`: 413 when it is longer than allowed, 408 when it stops coming, 400
   * when it breaks off.
   */
  bytes(): Promise<Uint8Array> {
    this.#view?.witness('body', undefined)
    return (this.#body ??= this.#incoming.bytes(this.#limit))
  }

  /** The body as UTF-8; what is none becomes U+FFFD. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes())
  }

  /** The body as JSON. Rejects with `HttpError` 400 when it is none. */
  async json<T = unknown>(): Promise<T> {
    const bytes = await this.bytes()
    try {
      if (!isUtf8(bytes)) throw new TypeError('not UTF-8')
      return JSON.parse(new TextDecoder().decode(bytes)) as T
    } catch (cause) {
      throw new HttpError(400, 'the body is not JSON', { cause })
    }
  }

  /** Aborts when the client goes away before it was answered, or the handler takes too long. */
  get signal(): AbortSignal {
    return this.#view?.signal ?? this.clientSignal
  }

  /** @internal The same, whatever is shown. It costs microseconds, which nobody pays who does not ask. */
  get clientSignal(): AbortSignal {
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController())
      if (this.#abortReason !== undefined) controller.abort(this.#abortReason.reason)
      else this.#incoming.onGone(() => controller.abort())
    }
    return this.#controller.signal
  }

  /** The request as WHATWG has it, made when asked for. Its body is the one that `bytes` would read. */
  get raw(): Request {
    const request = this.#view?.request?.()
    if (request !== undefined) return request
    this.#view?.witness('raw', undefined)
    return (this.#raw ??= whatwgRequest(this.#incoming, this.#limit, this.signal))
  }

  /** @internal */
  get incoming(): Incoming {
    return this.#incoming
  }

  /** @internal As sent, without the `?`. */
  get rawQuery(): string {
    return this.#query
  }

  /** @internal */
  abort(reason: unknown): void {
    this.#abortReason = { reason }
    this.#controller?.abort(reason)
  }

  /** @internal Shows this from now on. Returns how to end it. */
  show(view: RequestView): () => void {
    this.#view = view
    return () => {
      if (this.#view === view) this.#view = undefined
    }
  }
}
