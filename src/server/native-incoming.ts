import type { Fields } from '../http/fields.js'
import { HttpError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { tooLong } from './body-limit.js'
import type { Incoming } from './incoming.js'
import { NativeBody, wholeBody } from './native-body.js'
import { type FillDesk, type FillWriter, NativeFill } from './native-fill.js'
import { NativeRequest } from './native-request.js'
import { NOBODY, REQUEST_FLAG, type Shared } from './native-wire.js'

/** What requests ask of their listener. */
export interface NativeExchange {
  readonly writer: FillWriter & {
    pull(request: NativeRequest): void
    inform(request: NativeRequest, status: number, fields: Fields): void
  }
  /** Undefined: nothing is kept in Rust. */
  readonly desk: FillDesk | undefined
  readonly answers: { respond(incoming: NativeIncoming, response: HttpResponse): void }
}

/** A request of the front in Rust. */
export class NativeIncoming extends NativeRequest implements Incoming {
  readonly scheme = 'http'
  readonly #exchange: NativeExchange
  /** A response is written, or being written. */
  isAnswered = false
  /** The last byte of its response is written: nothing more is heard of it. */
  isComplete = false
  isGone = false
  /** Goes on when the client has taken what it was sent, or is gone. */
  onDrained: (() => void) | undefined
  /** Others wait for what is made of it. */
  readonly fill: NativeFill | undefined
  #onGone: (() => void)[] | undefined
  #read: NativeBody | undefined
  #isBodyTaken = false

  /** Throws `WireError`. */
  constructor(exchange: NativeExchange, shared: Shared, at: number, length: number) {
    super(shared, at, length)
    this.#exchange = exchange
    const { writer, desk } = exchange
    this.fill = this.fillToken === 0 ? undefined : new NativeFill(this, writer, desk)
  }

  get version(): '1.0' | '1.1' {
    return (this.flags & REQUEST_FLAG.isHttp10) === 0 ? '1.1' : '1.0'
  }

  /** The connection ends with it. */
  get isLast(): boolean {
    return (this.flags & REQUEST_FLAG.isLast) !== 0
  }

  /** Nobody waits for an answer: what is made of it is for the cache. */
  get isBackground(): boolean {
    return (this.flags & REQUEST_FLAG.isBackground) !== 0 || this.slot === NOBODY
  }

  async bytes(limit: number): Promise<Uint8Array> {
    if (this.length === 0) return new Uint8Array(0)
    this.#take()
    if (this.body === undefined) return await this.#reader.bytes(limit)
    if (this.body.byteLength > limit) throw tooLong(limit)
    return this.body
  }

  chunks(limit: number): AsyncIterable<Uint8Array> {
    this.#take()
    if (this.length === 0) return wholeBody(new Uint8Array(0), limit)
    return this.body === undefined ? this.#reader.pieces(limit) : wholeBody(this.body, limit)
  }

  onGone(listener: () => void): void {
    if (this.isGone) listener()
    else if (!this.isComplete) (this.#onGone ??= []).push(listener)
  }

  inform(status: number, fields: Fields): void {
    if (this.isAnswered || this.version === '1.0') return
    this.#exchange.writer.inform(this, status, fields)
  }

  interrupt(response: HttpResponse): void {
    this.#exchange.answers.respond(this, response)
  }

  /** What Rust has of the body, where it was asked for. */
  get reading(): NativeBody | undefined {
    return this.#read
  }

  /** The client has gone away. */
  leave(): void {
    this.isGone = true
    this.#read?.failed(400)
    this.onDrained?.()
    const listeners = this.#onGone
    this.#onGone = undefined
    for (const listener of listeners ?? []) listener()
  }

  /** It is answered: nothing more will be heard of it, nor of its body. */
  complete(): void {
    this.isComplete = true
    this.#onGone = undefined
    this.#read?.failed(400)
  }

  get #reader(): NativeBody {
    this.#read = new NativeBody(() => this.#exchange.writer.pull(this))
    if (this.isGone || this.isComplete) this.#read.failed(400)
    return this.#read
  }

  #take(): void {
    if (this.#isBodyTaken) throw new HttpError(500, 'the body was read before')
    this.#isBodyTaken = true
  }
}
