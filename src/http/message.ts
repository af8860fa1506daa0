import type { Fields } from './fields.js'

/** What a cache needs to know of a request. */
export interface HttpRequest {
  /** As sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** Host in lower case, with the port unless it is the scheme's default. */
  readonly authority: string
  /** Path and query as sent; never empty, begins with '/'. */
  readonly target: string
  readonly fields: Fields
  /** Known to have no Authorization, no Range and no condition (`If-*`), as most have not: nobody has to look. */
  readonly isPlain?: boolean | undefined
}

export interface ResponseHead {
  /** 200..599. */
  readonly status: number
  readonly fields: Fields
}

/** A body that is there, or that comes. Undefined: none. */
export type HttpBody = Uint8Array | AsyncIterable<Uint8Array> | undefined

export interface HttpResponse extends ResponseHead {
  readonly body: HttpBody
  /** Fields behind the body, known when it has ended. They are passed on, never stored (RFC 9111 section 3.1). */
  readonly trailers?: (() => Fields) | undefined
}
