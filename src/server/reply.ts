import type { Fields } from '../http/fields.js'
import type { HttpBody, HttpResponse } from '../http/message.js'

/** A response of this server. A class, so that a handler's plain object is JSON and nothing else. */
export class Reply implements HttpResponse {
  readonly status: number
  /** Names in lower case. */
  readonly fields: Fields
  readonly body: HttpBody

  constructor(status: number, fields: Fields, body: HttpBody) {
    this.status = status
    this.fields = fields
    this.body = body
  }

  static of(response: HttpResponse): Reply {
    return response instanceof Reply
      ? response
      : new Reply(response.status, response.fields, response.body)
  }
}
