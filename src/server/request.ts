import { isUtf8 } from 'node:buffer'
import { linesOf, valueOf } from '../http/fields.js'
import { HttpError } from '../errors.js'
import { cookiesOf } from './cookies.js'
import { DetachedIncoming } from './detached.js'
import type { Incoming } from './incoming.js'
import { Query } from './query.js'
import { whatwgRequest } from './whatwg-request.js'

/** What was read of a request: told to whoever must know what a response depends on. */
export type Input = 'query' | 'header' | 'cookie' | 'body' | 'raw'

/** `name` is undefined where all was read. */
export type Witness = (input: Input, name: string | undefined) => void

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
  #witness: Witness | undefined

  /** @internal */
  constructor(incoming: Incoming, path: string, query: string, limit: number) {
    this.#incoming = incoming
    this.path = path
    this.#query = query
    this.#limit = limit
  }

  get method(): string {
    return this.#incoming.method
  }

  /** The first value of a parameter of the query; without a name, the first values of all. */
  query(): Record<string, string>
  query(name: string): string | undefined
  query(name?: string): Record<string, string> | string | undefined {
    this.#witness?.('query', name)
    const query = (this.#parsedQuery ??= new Query(this.#query))
    return name === undefined ? query.record() : query.first(name)
  }

  /** All values of a parameter of the query. */
  queries(name: string): readonly string[] {
    this.#witness?.('query', name)
    return (this.#parsedQuery ??= new Query(this.#query)).all(name)
  }

  /** Values of several lines are joined by commas. The name may be written in any case. */
  header(name: string): string | undefined {
    const lower = name.toLowerCase()
    this.#witness?.('header', lower)
    return valueOf(this.#incoming.fields, lower)
  }

  cookie(name: string): string | undefined {
    this.#witness?.('cookie', name)
    this.#cookies ??= cookiesOf(linesOf(this.#incoming.fields, 'cookie'))
    return this.#cookies.get(name)
  }

  /**
   * The whole body, read once. Rejects with `HttpError`: 413 when it is longer than allowed, 408 when it stops coming, 400
   * when it breaks off.
   */
  bytes(): Promise<Uint8Array> {
    this.#witness?.('body', undefined)
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
    if (this.#controller === undefined) {
      const controller = (this.#controller = new AbortController())
      if (this.#abortReason !== undefined) controller.abort(this.#abortReason.reason)
      else this.#incoming.onGone(() => controller.abort())
    }
    return this.#controller.signal
  }

  /** The request as WHATWG has it, made when asked for. Its body is the one that `bytes` would read. */
  get raw(): Request {
    this.#witness?.('raw', undefined)
    return (this.#raw ??= whatwgRequest(this.#incoming, this.#limit, this.signal))
  }

  /** @internal */
  get incoming(): Incoming {
    return this.#incoming
  }

  /** @internal */
  detached(): ServerRequest {
    const incoming = new DetachedIncoming(this.#incoming)
    return new ServerRequest(incoming, this.path, this.#query, this.#limit)
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

  /** @internal From now on, tells what is read. Returns how to stop. */
  watch(witness: Witness): () => void {
    this.#witness = witness
    return () => {
      if (this.#witness === witness) this.#witness = undefined
    }
  }
}
