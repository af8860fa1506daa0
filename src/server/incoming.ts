import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'

/** What a listener knows of a request; everything that is not given is made when it is asked for. */
export interface Incoming {
  readonly method: string
  readonly scheme: 'http' | 'https'
  /** Host in lower case, without the scheme's own port. */
  readonly authority: string
  /** In origin-form, as sent: path and query. Or `*`. */
  readonly target: string
  readonly fields: Fields
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
  /** The request as WHATWG has it, if it came as one. */
  readonly whole?: Request
}
