import { fieldsOf, type Fields } from '../http/fields.js'
import { HttpError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { authorityOf } from './authority.js'
import { piecesOf } from './body-source.js'
import { gathered, limited } from './body-limit.js'
import { dispose } from './dispose.js'
import type { Incoming } from './incoming.js'

/** A WHATWG `Request` as something that came in. */
export class FetchIncoming implements Incoming {
  readonly method: string
  readonly scheme: 'http' | 'https'
  readonly authority: string
  readonly target: string
  readonly length: number | undefined
  readonly whole: Request
  #fields: Fields | undefined
  #interrupt: ((response: HttpResponse) => void) | undefined

  constructor(request: Request) {
    const url = new URL(request.url)
    this.whole = request
    this.method = request.method
    this.scheme = url.protocol === 'https:' ? 'https' : 'http'
    this.authority = authorityOf(url.host, this.scheme) ?? url.host
    this.target = url.pathname + url.search
    this.length = lengthOf(request)
  }

  get fields(): Fields {
    return (this.#fields ??= fieldsOf([...this.whole.headers].flat()))
  }

  get isGone(): boolean {
    return this.whole.signal.aborted
  }

  bytes(limit: number): Promise<Uint8Array> {
    return gathered(this.chunks(limit))
  }

  chunks(limit: number): AsyncIterable<Uint8Array> {
    const { body } = this.whole
    if (this.whole.bodyUsed) throw new HttpError(500, 'the body was read before')
    return limited(body === null ? nothing() : piecesOf(body), limit)
  }

  interrupt(response: HttpResponse): void {
    this.#interrupt?.(response)
  }

  /** The response, or what interrupts it. */
  until(answer: Promise<HttpResponse>): Promise<HttpResponse> {
    return new Promise((resolve, reject) => {
      let isInterrupted = false
      this.#interrupt = (response) => {
        isInterrupted = true
        resolve(response)
      }
      answer.then(
        (response) => (isInterrupted ? dispose(response.body) : resolve(response)),
        reject,
      )
    })
  }

  onGone(listener: () => void): void {
    const { signal } = this.whole
    if (signal.aborted) listener()
    else signal.addEventListener('abort', listener, { once: true })
  }
}

function lengthOf(request: Request): number | undefined {
  if (request.body === null) return 0
  const length = request.headers.get('content-length')
  return length !== null && /^\d{1,15}$/.test(length) ? Number(length) : undefined
}

async function* nothing(): AsyncIterable<Uint8Array> {}
