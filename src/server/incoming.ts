import type { Fields } from '../http/fields.js'
import type { Fill } from '../http/fill.js'
import type { HttpRequest, HttpResponse } from '../http/message.js'

/** What a listener knows of a request; everything that is not given is made when it is asked for. */
export interface Incoming extends HttpRequest {
  /** Bytes of the body; 0 = there is none; undefined = its end will tell. */
  readonly length: number | undefined
  /** The whole body. Rejects with `HttpError`: 413 beyond so many bytes, 408 when it stops coming, 400 when it breaks off. */
  bytes(limit: number): Promise<Uint8Array>
  /** The body as it comes, with the same errors. It is read once: by this or by `bytes`. */
  chunks(limit: number): AsyncIterable<Uint8Array>
  /** The client went away before it was answered. */
  readonly isGone: boolean
  /** Calls once when the client goes away; never after the answer is complete. */
  onGone(listener: () => void): void
  /** Answers at once, while the handler still runs; what that returns later is thrown away. */
  interrupt(response: HttpResponse): void
  /** Address of the client, where there is one. */
  readonly client?: string | undefined
  /** Of HTTP, as it came. */
  readonly version?: '1.0' | '1.1' | undefined
  /** Tells the client of an answer of 1xx, if it can be told. */
  inform?(status: number, fields: Fields): void
  /** What is kept for it answers others who asked the same, without JavaScript. */
  readonly fill?: Fill | undefined
  /** The request as WHATWG has it, if it came as one. */
  readonly whole?: Request
}
