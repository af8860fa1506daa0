import type { IncomingMessage, ServerResponse } from 'node:http'
import { fieldsOf, type Fields } from '../http/fields.js'
import { HttpError } from '../errors.js'
import type { HttpResponse } from '../http/message.js'
import { writeInformation } from './node-information.js'
import { bodyChunks, readBody } from './node-body.js'
import type { Head } from './node-head.js'
import type { Incoming } from './incoming.js'
import type { Timeouts } from './settings.js'
import type { Watch } from './watch.js'

/** What all requests of a listener share. */
export interface Reading {
  readonly watch: Watch
  readonly timeouts: Timeouts
  /** Writes a response. */
  readonly respond: (incoming: NodeIncoming, response: HttpResponse) => void
}

/** A request of node:http. */
export class NodeIncoming implements Incoming, Head {
  readonly req: IncomingMessage
  readonly res: ServerResponse
  readonly scheme = 'http'
  authority = ''
  target = ''
  length: number | undefined = 0
  readonly #reading: Reading
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue = false
  isLast = false
  isPlain = true
  /** A response is written, or being written. */
  isAnswered = false
  #isBodyTaken = false
  #fields: Fields | undefined

  constructor(req: IncomingMessage, res: ServerResponse, reading: Reading) {
    this.req = req
    this.res = res
    this.#reading = reading
  }

  get method(): string {
    return this.req.method as string
  }

  get fields(): Fields {
    return (this.#fields ??= fieldsOf(this.req.rawHeaders))
  }

  get isGone(): boolean {
    return this.req.socket.destroyed && !this.res.writableFinished
  }

  get client(): string | undefined {
    return this.req.socket.remoteAddress
  }

  get version(): '1.0' | '1.1' {
    return this.req.httpVersionMinor === 0 ? '1.0' : '1.1'
  }

  async bytes(limit: number): Promise<Uint8Array> {
    if (this.length === 0) return new Uint8Array(0)
    this.#take()
    return await readBody(this.req, limit, this.#reading.watch, this.#reading.timeouts.body)
  }

  chunks(limit: number): AsyncIterable<Uint8Array> {
    this.#take()
    return bodyChunks(this.req, limit, this.#reading.watch, this.#reading.timeouts.body)
  }

  onGone(listener: () => void): void {
    if (this.isGone) {
      listener()
      return
    }
    this.res.once('close', () => {
      if (!this.res.writableFinished) listener()
    })
  }

  inform(status: number, fields: Fields): void {
    if (this.isAnswered || this.version === '1.0') return
    writeInformation(this.res, status, fields)
  }

  interrupt(response: HttpResponse): void {
    this.#reading.respond(this, response)
  }

  #take(): void {
    if (this.#isBodyTaken) throw new HttpError(500, 'the body was read before')
    this.#isBodyTaken = true
    if (!this.expectsContinue) return
    this.expectsContinue = false
    this.res.writeContinue()
  }
}
