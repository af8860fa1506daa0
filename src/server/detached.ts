import type { HttpRequest, HttpResponse } from '../http/message.js'
import { HttpError } from '../errors.js'
import type { Incoming } from './incoming.js'

/** A request that no client waits for: what is left of one when its answer is made again later. It has no body. */
export class DetachedIncoming implements Incoming {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly fields: HttpRequest['fields']
  readonly length: number
  readonly isGone = false

  constructor({ method, scheme, authority, target, fields, length }: Incoming) {
    if (length !== 0) throw new HttpError(500, 'a request with a body cannot be repeated')
    this.method = method
    this.scheme = scheme
    this.authority = authority
    this.target = target
    this.fields = fields
    this.length = length
  }

  bytes(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(0))
  }

  async *chunks(): AsyncIterable<Uint8Array> {}

  onGone(): void {}

  interrupt(_response: HttpResponse): void {}
}
