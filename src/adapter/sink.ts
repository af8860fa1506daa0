import type { ServerResponse } from 'node:http'
import { type Fields, linesOf } from '../http/fields.js'
import type { ResponseHead } from '../http/message.js'
import { methodNow } from './overlay.js'
import { joinedLines, namesOf } from './own-fields.js'
import { fieldsSet } from './written-head.js'

type Aside = <T>(run: () => T) => T

/** The way to the client: through the middleware that stands before the cache, whatever is laid over the response later. */
export class Sink {
  readonly #res: ServerResponse
  readonly #aside: Aside
  readonly #writeHead: ServerResponse['writeHead']
  readonly #flushHeaders: ServerResponse['flushHeaders']
  readonly #setHeader: ServerResponse['setHeader']
  readonly #write: ServerResponse['write']
  readonly #end: ServerResponse['end']
  readonly #destroy: ServerResponse['destroy']
  readonly #on: ServerResponse['on']

  /** `aside` surrounds whatever is done to the real response. */
  constructor(res: ServerResponse, aside: Aside = (run) => run()) {
    this.#res = res
    this.#aside = aside
    this.#writeHead = methodNow(res, 'writeHead')
    this.#flushHeaders = methodNow(res, 'flushHeaders')
    this.#setHeader = methodNow(res, 'setHeader')
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
  writeHead(head: ResponseHead, there: Fields = fieldsSet(this.#res)): void {
    this.#aside(() => {
      this.#setAll(there, there)
      this.#setAll(head.fields, there)
      this.#writeHead(head.status)
    })
  }

  #setAll(fields: Fields, there: Fields): void {
    for (const name of namesOf(fields)) {
      const lines = fields === there ? linesOf(there, name) : joinedLines(name, there, fields)
      this.#setHeader(name, lines.length === 1 ? (lines[0] as string) : lines)
    }
  }

  flushHead(): void {
    this.#aside(() => this.#flushHeaders())
  }

  write(bytes: Uint8Array): boolean {
    return this.#aside(() => this.#write(bytes))
  }

  /** Past a compressing middleware that waits for more. */
  push(): void {
    const { flush } = this.#res as { flush?: unknown }
    if (typeof flush === 'function') this.#aside(() => void flush.call(this.#res))
  }

  end(bytes?: Uint8Array): void {
    this.#aside(() => (bytes === undefined ? this.#end() : this.#end(bytes)))
  }

  destroy(): void {
    this.#aside(() => this.#destroy())
  }

  on(name: 'drain' | 'close', listener: () => void): void {
    this.#on(name, listener)
  }
}
