import type { Dispatcher } from 'undici'
import type { Clock } from '../clock.js'
import type { Fields } from '../http/fields.js'
import type { HttpResponse, ResponseHead } from '../http/message.js'
import type { ForwardRequest } from './forward-request.js'
import { malformed, originFailure } from './origin-failure.js'
import { ReceivedBody } from './received-body.js'
import { type RawFields, receivedHead, receivedInformation } from './received-head.js'
import { receivedTrailers } from './received-trailers.js'

type Controller = Dispatcher.DispatchController

export interface AttemptParts {
  readonly request: ForwardRequest
  readonly clock: Clock
  /** Of the origin, for people. */
  readonly url: string
  /** It has a connection, or needs none any more. */
  readonly onStart: () => void
  /** All has come, or nothing more will. */
  readonly onEnd: () => void
}

/** Answers of 1xx before the final one; no origin has that many to give. */
const MOST_INFORMATION = 32

/** One request on one connection: what undici tells of it, made into a response. */
export class Attempt implements Dispatcher.DispatchHandler {
  /** Rejects with what undici or `abort` says. */
  readonly response: Promise<HttpResponse>
  /** Some of the answer has come. */
  hasBegun = false
  readonly #parts: AttemptParts
  readonly #settle: Settle
  #controller: Controller | undefined
  #aborted: { readonly reason: Error } | undefined
  #body: ReceivedBody | undefined
  #trailers: Fields = []
  #information = 0

  constructor(parts: AttemptParts) {
    this.#parts = parts
    let settle: Settle | undefined
    const head = new Promise<ResponseHead>((resolve, reject) => {
      settle = { resolve, reject }
    })
    this.#settle = settle as unknown as Settle
    // a step later all that came with the head has been parsed
    this.response = head.then((head) => this.#responseOf(head))
  }

  /** It is not wanted any more. */
  abort(reason: Error): void {
    this.#aborted ??= { reason }
    if (this.#controller === undefined) this.#failed(reason)
    else this.#controller.abort(reason)
  }

  onRequestStart(controller: Controller): void {
    // thrown here it costs no connection
    if (this.#aborted !== undefined) throw this.#aborted.reason
    this.#controller = controller
    this.#parts.onStart()
  }

  onResponseStarted(): void {
    this.hasBegun = true
  }

  onResponseStart(controller: Controller, status: number): void {
    const raw = rawFields(controller.rawHeaders)
    if (status >= 100 && status < 200) return this.#inform(status, raw)
    const head = receivedHead(status, raw, this.#parts.clock.wall())
    if (!isBodiless(this.#parts.request.method, status)) {
      this.#body = new ReceivedBody({
        resume: () => controller.resume(),
        abandon: () => this.abort(new DOMException('the body is not wanted', 'AbortError')),
      })
    }
    this.#settle.resolve(head)
  }

  onResponseData(controller: Controller, chunk: Uint8Array): void {
    if (this.#body?.push(chunk) === false) controller.pause()
  }

  onResponseEnd(controller: Controller): void {
    this.#trailers = receivedTrailers(rawFields(controller.rawTrailers))
    this.#body?.finish()
    this.#parts.onEnd()
  }

  onResponseError(_controller: Controller | undefined, error: Error): void {
    this.#failed(error)
  }

  #inform(status: number, raw: RawFields): void {
    if (++this.#information > MOST_INFORMATION) throw malformed('no final status')
    this.#parts.request.onInformation?.(status, receivedInformation(raw))
  }

  #failed(error: Error): void {
    const { url, onStart, onEnd } = this.#parts
    onStart()
    onEnd()
    this.#settle.reject(error)
    this.#body?.fail(this.#aborted?.reason ?? originFailure(url, error))
  }

  #responseOf(head: ResponseHead): HttpResponse {
    const body = this.#body
    const trailers = (): Fields => this.#trailers
    // trailers need a body that has an end of its own
    const whole = this.#trailers.length === 0 ? body?.whole() : undefined
    return { ...head, body: whole ?? body, trailers }
  }
}

interface Settle {
  readonly resolve: (head: ResponseHead) => void
  readonly reject: (error: Error) => void
}

/**
 * RFC 9110 section 6.4.1: the head is all there is, whatever length it tells. Undici takes the length of a 304 for that of a
 * body that does not come; by then nobody listens.
 */
function isBodiless(method: string, status: number): boolean {
  return method === 'HEAD' || status === 204 || status === 304
}

function rawFields(raw: Controller['rawHeaders']): RawFields {
  return Array.isArray(raw) ? raw : []
}
