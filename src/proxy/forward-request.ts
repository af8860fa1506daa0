import type { Fields } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'

/** A request that is to be forwarded, as it came. */
export interface ForwardRequest extends HttpRequest {
  /** Undefined: there is none. */
  readonly body: AsyncIterable<Uint8Array> | undefined
  /** Address of the client; undefined: not known. */
  readonly client: string | undefined
  /** Of the protocol in which it came. Default '1.1'. */
  readonly version?: '1.0' | '1.1' | undefined
  /** Told of each answer of 1xx that is for the client (102, 103), before the final one. */
  readonly onInformation?: ((status: number, fields: Fields) => void) | undefined
}
