import type { ServerResponse } from 'node:http'
import type { Fields } from '../http/fields.js'
import type { HttpResponse } from '../http/message.js'

/**
 * What a handler of Node's own kind writes into its response, caught before it is sent: its head when that is complete, and
 * its body, whole or as it comes. The response object keeps behaving as handlers expect (`headersSent`, back-pressure,
 * `finish`), and is given back by {@link release} to be written for real.
 */
export class CapturedResponse {
  readonly response: Promise<HttpResponse>
  readonly #res: ServerResponse
  readonly #original: Pick<ServerResponse, (typeof PATCHED)[number]>
  readonly #before: ReadonlyMap<string, string>
  #settle!: (response: HttpResponse) => void
  #fail!: (error: unknown) => void
  #isHeadOut = false
  #status: number | undefined
  #pipe: Pipe | undefined

  constructor(res: ServerResponse) {
    this.#res = res
    this.#before = textsOf(res)
    this.response = new Promise((resolve, reject) => {
      this.#settle = resolve
      this.#fail = reject
    })
    this.#original = {
      writeHead: res.writeHead,
      flushHeaders: res.flushHeaders,
      write: res.write,
      end: res.end,
    }
    res.writeHead = this.#writeHead as typeof res.writeHead
    res.flushHeaders = this.#flushHeaders
    res.write = this.#write as typeof res.write
    res.end = this.#end as typeof res.end
    Object.defineProperty(res, 'headersSent', { configurable: true, get: () => this.#isHeadOut })
    res.once('close', this.#closed)
  }

  /** The response object is as it was. What the handler still writes goes nowhere. */
  release(): void {
    Object.assign(this.#res, this.#original)
    Reflect.deleteProperty(this.#res, 'headersSent')
    this.#res.removeListener('close', this.#closed)
  }

  /** The handler failed before it wrote anything. */
  fail(error: unknown): void {
    if (this.#pipe === undefined) this.#fail(error)
    else this.#pipe.fail(error)
  }

  readonly #closed = (): void => {
    this.fail(new Error('the client has gone'))
  }

  readonly #writeHead = (status: number, ...rest: unknown[]): ServerResponse => {
    if (this.#isHeadOut) return this.#res
    this.#status = status
    const message = typeof rest[0] === 'string' ? rest[0] : undefined
    if (message !== undefined) this.#res.statusMessage = message
    const headers = message === undefined ? rest[0] : rest[1]
    for (const [name, value] of pairsOf(headers)) this.#res.setHeader(name, value)
    this.#isHeadOut = true
    return this.#res
  }

  readonly #flushHeaders = (): void => {
    this.#begin()
  }

  readonly #write = (chunk: unknown, ...rest: unknown[]): boolean => {
    const callback = callbackIn(rest)
    const bytes = bytesOf(chunk, rest[0])
    const isReady = this.#begin().push(bytes, callback)
    if (!isReady) this.#pipe?.onDrain(() => this.#res.emit('drain'))
    return isReady
  }

  readonly #end = (...args: unknown[]): ServerResponse => {
    const callback = callbackIn(args)
    const [chunk, encoding] = typeof args[0] === 'function' ? [] : args
    const bytes = chunk === undefined || chunk === null ? undefined : bytesOf(chunk, encoding)
    if (this.#pipe === undefined) this.#settle(this.#head(bytes))
    else {
      if (bytes !== undefined) this.#pipe.push(bytes, undefined)
      this.#pipe.end()
    }
    if (callback !== undefined) this.#res.once('finish', callback)
    return this.#res
  }

  /** The head is out and the body follows. */
  #begin(): Pipe {
    if (this.#pipe === undefined) {
      this.#pipe = new Pipe()
      this.#settle(this.#head(this.#pipe))
    }
    return this.#pipe
  }

  #head(body: HttpResponse['body']): HttpResponse {
    this.#isHeadOut = true
    const status = this.#status ?? this.#res.statusCode
    return { status, fields: fieldsAdded(this.#res, this.#before), body }
  }
}

const PATCHED = ['writeHead', 'flushHeaders', 'write', 'end'] as const

/** What the handler set: not what stood there before it ran, which belongs to this request alone. */
function fieldsAdded(res: ServerResponse, before: ReadonlyMap<string, string>): Fields {
  const fields: string[] = []
  for (const name of res.getHeaderNames()) {
    const value = res.getHeader(name)
    if (before.get(name) === String(value)) continue
    for (const line of Array.isArray(value) ? value : [value]) fields.push(name, String(line))
  }
  return fields
}

function textsOf(res: ServerResponse): ReadonlyMap<string, string> {
  return new Map(res.getHeaderNames().map((name) => [name, String(res.getHeader(name))]))
}

/** Headers as `writeHead` takes them: an object, or an array, flat or of pairs. */
function pairsOf(headers: unknown): [name: string, value: string | string[]][] {
  if (headers === undefined || headers === null) return []
  if (!Array.isArray(headers)) return Object.entries(headers as Record<string, string | string[]>)
  const flat = (Array.isArray(headers[0]) ? headers.flat() : headers) as string[]
  const together = new Map<string, string[]>()
  for (let i = 0; i + 1 < flat.length; i += 2) {
    const name = (flat[i] as string).toLowerCase()
    together.set(name, [...(together.get(name) ?? []), String(flat[i + 1])])
  }
  return [...together].map(([name, values]) => [
    name,
    values.length === 1 ? (values[0] as string) : values,
  ])
}

function callbackIn(args: readonly unknown[]): (() => void) | undefined {
  return args.find((arg): arg is () => void => typeof arg === 'function')
}

function bytesOf(chunk: unknown, encoding: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  return Buffer.from(
    String(chunk),
    typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8',
  )
}

/** Bytes held for a reader that is slower than the handler, before the handler is told to wait. */
const HIGH_WATER = 65_536

/** From the one who pushes to the one who reads, with back-pressure. */
class Pipe implements AsyncIterable<Uint8Array> {
  #chunks: { readonly bytes: Uint8Array; readonly taken: (() => void) | undefined }[] = []
  #size = 0
  #isEnded = false
  #failure: { readonly error: unknown } | undefined
  #wake: (() => void) | undefined
  #drained: (() => void)[] = []

  push(bytes: Uint8Array, taken: (() => void) | undefined): boolean {
    if (this.#isEnded) return false
    this.#chunks.push({ bytes, taken })
    this.#size += bytes.byteLength
    this.#stir()
    return this.#size < HIGH_WATER
  }

  onDrain(fn: () => void): void {
    this.#drained.push(fn)
  }

  end(): void {
    this.#isEnded = true
    this.#stir()
  }

  fail(error: unknown): void {
    if (this.#isEnded) return
    this.#failure = { error }
    this.end()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    try {
      for (;;) {
        const next = this.#chunks.shift()
        if (next !== undefined) {
          this.#size -= next.bytes.byteLength
          next.taken?.()
          if (this.#size < HIGH_WATER) for (const fn of this.#drained.splice(0)) fn()
          yield next.bytes
        } else if (this.#failure !== undefined) throw this.#failure.error
        else if (this.#isEnded) return
        else {
          await new Promise<void>((resolve) => {
            this.#wake = resolve
          })
        }
      }
    } finally {
      this.#isEnded = true
      this.#chunks = []
    }
  }

  #stir(): void {
    this.#wake?.()
    this.#wake = undefined
  }
}
