import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { ResponseHead } from '../http/message.js'
import { methodNow } from './overlay.js'
import { joinedLines, namesOf } from './own-fields.js'
import { fieldsSet } from './written-head.js'

/** The way to the client: through the middleware that stands before the cache, whatever is laid over the response later. */
export class Sink {
  readonly #res: ServerResponse
  readonly #writeHead: ServerResponse['writeHead']
  readonly #flushHeaders: ServerResponse['flushHeaders']
  readonly #setHeader: ServerResponse['setHeader']
  readonly #removeHeader: ServerResponse['removeHeader']
  readonly #write: ServerResponse['write']
  readonly #end: ServerResponse['end']
  readonly #destroy: ServerResponse['destroy']
  readonly #on: ServerResponse['on']

  constructor(res: ServerResponse) {
    this.#res = res
    this.#writeHead = methodNow(res, 'writeHead')
    this.#flushHeaders = methodNow(res, 'flushHeaders')
    this.#setHeader = methodNow(res, 'setHeader')
    this.#removeHeader = methodNow(res, 'removeHeader')
    this.#write = methodNow(res, 'write')
    this.#end = methodNow(res, 'end')
    this.#destroy = methodNow(res, 'destroy')
    this.#on = methodNow(res, 'on')
  }

  /** Whether the client has gone, whatever the handler is to see. */
  get isGone(): boolean {
    return this.#res.req.socket.destroyed
  }

  /** With the fields that stand there: what is set by `setHeader` the middleware before us sees, and may still change. */
  writeHead({ status, fields }: ResponseHead): void {
    const there = fieldsSet(this.#res)
    for (const name of namesOf(fields)) this.#set(name, joinedLines(name, there, fields))
    this.#writeHead(status)
  }

  /** Takes back what was set, but for these. */
  resetFields(fields: Fields): void {
    for (const name of this.#res.getHeaderNames()) this.#removeHeader(name)
    for (const name of namesOf(fields)) this.#set(name, joinedLines(name, [], fields))
    this.#res.statusCode = 200
    this.#res.statusMessage = undefined as unknown as string // node:http: by the status
  }

  flushHead(): void {
    this.#flushHeaders()
  }

  write(bytes: Uint8Array, written?: () => void): boolean {
    return written === undefined ? this.#write(bytes) : this.#write(bytes, written)
  }

  /** Past a compressing middleware that waits for more. */
  push(): void {
    const { flush } = this.#res as { flush?: unknown }
    if (typeof flush === 'function') flush.call(this.#res)
  }

  end(bytes?: Uint8Array): void {
    if (bytes === undefined) this.#end()
    else this.#end(bytes)
  }

  destroy(): void {
    this.#destroy()
  }

  on(name: 'drain' | 'close', listener: () => void): void {
    this.#on(name, listener)
  }

  #set(name: string, lines: readonly string[]): void {
    const [first = ''] = lines
    this.#setHeader(name, lines.length === 1 ? first : lines)
  }
}
