import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpResponse, ResponseHead } from '../http/message.js'
import { BytePipe } from './byte-pipe.js'
import { HandlerResponse, type Writing } from './handler-response.js'
import { ownFields } from './own-fields.js'
import { Sink } from './sink.js'
import { fieldsSet, headersGiven, headersSentError } from './written-head.js'

export interface Capturing {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  /** What was set before the handler ran. */
  readonly before: Fields
  /** And which status; 200 unless it is told. */
  readonly status?: number
  /** Runs something for which the request is to be the real one. */
  readonly aside: (run: () => void) => void
  /** The handler has written all or failed, or nobody wants it any more. */
  readonly onEnd: () => void
}

/**
 * What a handler of Node's own kind writes into its response, caught before it is sent: its head when that is complete, and
 * its body, whole or as it comes. For the handler the object goes on behaving as it expects (`headersSent`, back-pressure,
 * `finish`), also when the client has gone and others wait for what it makes; what it writes after its end goes nowhere.
 */
export class CapturedResponse {
  /** Rejects when the handler fails before its head is out. */
  readonly response: Promise<HttpResponse>
  readonly #capturing: Capturing
  readonly #isHead: boolean
  readonly #sink: Sink
  readonly #handler: HandlerResponse
  #settle!: (response: HttpResponse) => void
  #fail!: (error: unknown) => void
  #head: ResponseHead | undefined
  #pipe: BytePipe | undefined
  #isEnded = false
  #isWhole = false
  #isClosed = false

  constructor(capturing: Capturing) {
    const { req, res } = capturing
    this.#capturing = capturing
    this.#isHead = req.method === 'HEAD'
    this.response = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
    })
    this.response.catch(() => undefined) // also when nobody has asked for it yet
    this.#sink = new Sink(res, (run) => this.#handler.aside(run))
    this.#isClosed = res.closed
    this.#sink.on('close', () => {
      this.#isClosed = true
      this.#retire()
    })
    this.#handler = new HandlerResponse(req, res, this.#writing(), capturing)
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** The handler has thrown, or nobody wants it any more: its side is told as if its client had gone. */
  fail(error: unknown): void {
    if (this.#isEnded) return
    this.#fail(error)
    this.#pipe?.fail(error)
    this.#ended('close')
  }

  /** Sends the head of the answer to the client; the body goes into what it returns. */
  answer(head: ResponseHead): Sink {
    this.#sink.writeHead(head, this.#capturing.before)
    return this.#sink
  }

  /** Makes the response object what it was before the handler ran, for somebody else to answer. */
  restore(): void {
    this.fail(new Error('somebody else answers'))
    this.#handler.remove()
  }

  #writing(): Writing {
    return {
      writeHead: this.#writeHead,
      flushHeaders: () => void this.#begin(),
      write: this.#write,
      end: this.#end,
      destroy: this.#destroy,
      isHeadOut: () => this.#head !== undefined,
      isEnded: () => this.#isEnded,
      isWhole: () => this.#isWhole,
    }
  }

  readonly #writeHead = (status: number, ...rest: unknown[]): ServerResponse => {
    const { res, before } = this.#capturing
    const { draft } = this.#handler
    if (this.#head !== undefined) throw headersSentError('write')
    if (!Number.isInteger(status) || status < 100 || status > 999) throw statusError(status)
    const headers = typeof rest[0] === 'string' ? rest[1] : rest[0]
    for (const [name, value] of headersGiven(headers)) draft.setHeader(name, value)
    draft.statusCode = status
    this.#head = { status, fields: ownFields(before, fieldsSet(draft)) }
    return res
  }

  readonly #write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const callback = callbackIn(rest)
    if (this.#isEnded) {
      if (callback !== undefined) process.nextTick(callback, new Error('write after end'))
      return false
    }
    const bytes = bytesOf(chunk, rest[0])
    const { status } = this.#begin()
    if (this.#pipe !== undefined && this.#hasBody(status)) return this.#pipe.push(bytes, callback)
    if (callback !== undefined) process.nextTick(callback)
    return true
  }

  readonly #end = (...args: unknown[]): ServerResponse => {
    const { res } = this.#capturing
    if (this.#isEnded) return res
    const callback = callbackIn(args)
    const [chunk, encoding] = typeof args[0] === 'function' ? [] : args
    const bytes = chunk === undefined || chunk === null ? undefined : bytesOf(chunk, encoding)
    if (callback !== undefined) this.#handler.events.emitter.once('finish', callback)
    if (this.#pipe === undefined) {
      const head = this.#headOut()
      this.#settle({ ...head, body: this.#hasBody(head.status) ? bytes : undefined })
    } else {
      if (bytes !== undefined) this.#pipe.push(bytes, undefined)
      this.#pipe.end()
    }
    this.#isWhole = true
    this.#ended('prefinish', 'finish', 'close')
    return res
  }

  readonly #destroy = (error?: unknown): ServerResponse => {
    this.fail(error ?? new Error('the response was destroyed by its handler'))
    return this.#capturing.res
  }

  /** The head, by way of whoever else wants to know when it goes out (`on-headers`). */
  #headOut(): ResponseHead {
    const { res } = this.#capturing
    if (this.#head === undefined) res.writeHead(res.statusCode)
    return this.#headNow()
  }

  #headNow(): ResponseHead {
    return this.#head ?? { status: this.#handler.draft.statusCode, fields: [] }
  }

  /** The head is out and the body follows. */
  #begin(): ResponseHead {
    const head = this.#headOut()
    if (this.#pipe === undefined && !this.#isEnded) {
      const drain = (): void => void this.#handler.events.emitter.emit('drain')
      this.#pipe = new BytePipe(drain, () => this.fail(new Error('nobody reads the response')))
      this.#settle({ ...head, body: this.#hasBody(head.status) ? this.#pipe : undefined })
    }
    return head
  }

  /** RFC 9112 section 6.3. */
  #hasBody(status: number): boolean {
    return !this.#isHead && status !== 204 && status !== 304
  }

  #ended(...events: readonly string[]): void {
    this.#isEnded = true
    this.#capturing.onEnd()
    process.nextTick(() => {
      for (const name of events) this.#handler.events.emitter.emit(name)
      this.#retire()
    })
  }

  /** When both sides have come to their end there is nothing left to hide from anybody. */
  #retire(): void {
    if (this.#isEnded && this.#isClosed) this.#handler.remove()
  }
}

function statusError(status: number): Error {
  return Object.assign(new RangeError(`Invalid status code: ${status}`), {
    code: 'ERR_HTTP_INVALID_STATUS_CODE',
  })
}

function callbackIn(args: readonly unknown[]): ((error?: unknown) => void) | undefined {
  return args.find((arg): arg is () => void => typeof arg === 'function')
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  if (typeof chunk === 'string') {
    return Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
  }
  throw Object.assign(new TypeError('a chunk is a string or a Uint8Array'), {
    code: 'ERR_INVALID_ARG_TYPE',
  })
}
