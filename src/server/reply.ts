import type { Fields } from '../http/fields.js'
import type { HttpBody, HttpResponse } from '../http/message.js'

/** A response of this server. A class, so that a handler's plain object is JSON and nothing else. */
export class Reply implements HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly fields: Fields
  #body: HttpBody | string

  constructor(status: number, fields: Fields, body: HttpBody | string) {
    this.status = status
    this.fields = fields
    this.#body = body
  }

  static of(response: HttpResponse): Reply {
    return response instanceof Reply
      ? response
      : new Reply(response.status, response.fields, response.body)
  }

  /** Text becomes bytes when it is first asked for. */
  get body(): HttpBody {
    if (typeof this.#body === 'string') this.#body = Buffer.from(this.#body)
    return this.#body
  }

  /** @internal The body, as text where that is what it was made of: to be written as UTF-8. */
  get content(): HttpBody | string {
    return this.#body
  }

  /** @internal The same body with other fields. */
  withFields(fields: Fields): Reply {
    return new Reply(this.status, fields, this.#body)
  }
}
