import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpResponse, ResponseHead } from '../http/message.js'
import { BytePipe } from './byte-pipe.js'
import { HandlerEvents } from './handler-events.js'
import { HandlerSocket } from './handler-socket.js'
import { getters, methodNow, Overlay, values } from './overlay.js'
import { ownFields } from './own-fields.js'
import { Sink } from './sink.js'
import { fieldsSet, headersGiven, headersSentError } from './written-head.js'

/**
 * What a handler of Node's own kind writes into its response, caught before it is sent: its head when that is complete, and
 * its body, whole or as it comes. For the handler the object goes on behaving as it expects (`headersSent`, back-pressure,
 * `finish`), also when the client has gone and others wait for what it makes; what it writes after its end goes nowhere.
 */
export class CapturedResponse {
  /** Rejects when the handler fails before its head is out. */
  readonly response: Promise<HttpResponse>
  /** The way to the client. */
  readonly sink: Sink
  readonly #res: ServerResponse
  readonly #before: Fields
  readonly #isHead: boolean
  readonly #events: HandlerEvents
  readonly #socket: HandlerSocket
  readonly #overlays: Overlay[] = []
  readonly #setHeader: ServerResponse['setHeader']
  readonly #onEnd: () => void
  #settle!: (response: HttpResponse) => void
  #fail!: (error: unknown) => void
  #head: ResponseHead | undefined
  #pipe: BytePipe | undefined
  #isEnded = false
  #isOurs = false

  /** `onEnd`: the handler has written all or failed, or nobody wants it any more. */
  constructor(req: IncomingMessage, res: ServerResponse, onEnd: () => void) {
    this.#res = res
    this.#isHead = req.method === 'HEAD'
    this.#onEnd = onEnd
    this.#before = fieldsSet(res)
    this.sink = new Sink(res)
    this.response = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
    })
    this.response.catch(() => undefined) // also when nobody has asked for it yet
    this.#setHeader = methodNow(res, 'setHeader')
    this.#events = new HandlerEvents(res, EVENTS)
    this.#socket = new HandlerSocket(res, this.#events.emitter, this.#destroy)
    this.sink.on('close', () => this.#clientGone())
    this.#overlay(this.#events.properties())
    this.#overlay(this.#methods())
    this.#socket.show()
  }

  /** The handler has written all, or failed. */
  get isEnded(): boolean {
    return this.#isEnded
  }

  /** The handler has thrown: nothing more will come of it. */
  fail(error: unknown): void {
    if (this.#isEnded) return
    this.#fail(error)
    this.#pipe?.fail(error)
    this.#overlay(values({ destroyed: true }))
    this.#ended('close')
  }

  /** Sends the head of the answer, in the place of what the handler has set; `write` sends it. */
  answer(write: (sink: Sink) => void): void {
    this.#socket.hide()
    this.#isOurs = true
    try {
      this.sink.resetFields(this.#before)
      write(this.sink)
    } finally {
      this.#isOurs = false
    }
  }

  /** Makes the response object what it was before the handler ran, for somebody else to answer. */
  restore(): void {
    this.fail(new Error('somebody else answers'))
    this.#socket.hide()
    for (const overlay of this.#overlays.splice(0).toReversed()) overlay.remove()
    this.sink.resetFields(this.#before)
  }

  /** Who waits for the response does not notice that this client has gone, so the handler is not to notice it either. */
  #clientGone(): void {
    if (this.#isEnded) return
    this.#socket.show()
    this.#overlay(values({ destroyed: false, _closed: false }))
  }

  #overlay(properties: PropertyDescriptorMap): void {
    this.#overlays.push(new Overlay(this.#res, properties))
  }

  #methods(): PropertyDescriptorMap {
    const methods = {
      writeHead: this.#writeHead,
      flushHeaders: () => void this.#begin(),
      setHeader: this.#changing('setHeader'),
      appendHeader: this.#changing('appendHeader'),
      removeHeader: this.#changing('removeHeader'),
      write: this.#write,
      end: this.#finish,
      destroy: this.#destroy,
      // of one connection, where they cannot be stored
      addTrailers: () => undefined,
      cork: () => undefined,
      uncork: () => undefined,
    }
    const state = {
      headersSent: () => this.#head !== undefined,
      writableEnded: () => this.#isEnded,
      writableFinished: () => this.#isEnded,
    }
    return { ...values(methods), ...getters(state) }
  }

  #changing(word: 'setHeader' | 'appendHeader' | 'removeHeader') {
    const original = methodNow(this.#res, word) as (...args: unknown[]) => unknown
    return (...args: unknown[]): unknown => {
      if (this.#head !== undefined && !this.#isOurs) throw headersSentError(DOING[word])
      return original(...args)
    }
  }

  readonly #writeHead = (status: number, ...rest: unknown[]): ServerResponse => {
    if (this.#head !== undefined) throw headersSentError('write')
    if (!Number.isInteger(status) || status < 100 || status > 999) {
      throw Object.assign(new RangeError(`Invalid status code: ${status}`), {
        code: 'ERR_HTTP_INVALID_STATUS_CODE',
      })
    }
    const headers = typeof rest[0] === 'string' ? rest[1] : rest[0]
    for (const [name, value] of headersGiven(headers)) {
      this.#setHeader(name, value)
    }
    this.#res.statusCode = status
    this.#head = { status, fields: ownFields(this.#before, fieldsSet(this.#res)) }
    return this.#res
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

  readonly #finish = (...args: unknown[]): ServerResponse => {
    const callback = callbackIn(args)
    const [chunk, encoding] = typeof args[0] === 'function' ? [] : args
    if (this.#isEnded) return this.#res
    const bytes = chunk === undefined || chunk === null ? undefined : bytesOf(chunk, encoding)
    if (callback !== undefined) this.#events.emitter.once('finish', callback)
    if (this.#pipe === undefined) {
      const head = this.#headOut()
      this.#settle({ ...head, body: this.#hasBody(head.status) ? bytes : undefined })
    } else {
      if (bytes !== undefined) this.#pipe.push(bytes, undefined)
      this.#pipe.end()
    }
    this.#ended('prefinish', 'finish', 'close')
    return this.#res
  }

  readonly #destroy = (error?: unknown): ServerResponse => {
    this.fail(error ?? new Error('the response was destroyed by its handler'))
    return this.#res
  }

  /** The head, by way of whoever else wants to know when it goes out (`on-headers`). */
  #headOut(): ResponseHead {
    if (this.#head === undefined) this.#res.writeHead(this.#res.statusCode)
    return this.#headNow()
  }

  #headNow(): ResponseHead {
    return this.#head ?? { status: this.#res.statusCode, fields: [] }
  }

  /** The head is out and the body follows. */
  #begin(): ResponseHead {
    const head = this.#headOut()
    if (this.#pipe === undefined && !this.#isEnded) {
      const drain = (): void => void this.#events.emitter.emit('drain')
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
    this.#onEnd()
    process.nextTick(() => {
      for (const name of events) this.#events.emitter.emit(name)
    })
  }
}

/** Events of a response that the handler's side hears of its own. */
const EVENTS = ['drain', 'prefinish', 'finish', 'close', 'error', 'pipe', 'unpipe'] as const

const DOING = { setHeader: 'set', appendHeader: 'append', removeHeader: 'remove' } as const

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
