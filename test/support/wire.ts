import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

/** A response as it came over the wire. */
export interface WireAnswer {
  readonly status: number
  /** Flat: name (in lower case), value, name, value. */
  readonly fields: readonly string[]
  /** Latin-1: one character per byte. */
  readonly body: string
}

/**
 * A connection on which bytes are written as they are, and what comes back is held to the letter of RFC 9112: whatever a
 * strict recipient could read in two ways is an error here.
 */
export class Wire {
  readonly #socket: Socket
  #text = ''
  #isEnded = false
  #wake: (() => void) | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    const end = (): void => {
      this.#isEnded = true
      this.#wake?.()
    }
    socket.setNoDelay(true)
    socket.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString('latin1')
      this.#wake?.()
    })
    // a reset is an end like any other: what came before it counts
    socket.on('error', end).on('close', end).on('end', end)
  }

  static async open(port: number): Promise<Wire> {
    const socket = connect(port, '127.0.0.1')
    await once(socket, 'connect')
    return new Wire(socket)
  }

  send(bytes: string): void {
    this.#socket.write(bytes, 'latin1')
  }

  /** The next response; undefined when the connection ended without one. `method` is that of its request. */
  async next(method = 'GET'): Promise<WireAnswer | undefined> {
    const head = await this.#until('\r\n\r\n')
    if (head === undefined) {
      if (this.#text !== '') throw new Error(`a response that breaks off: ${this.#text}`)
      return undefined
    }
    const { status, fields } = parseHead(head)
    if (status < 200) return await this.next(method)
    return { status, fields, body: await this.#body(status, fields, method) }
  }

  /** Whatever else comes until the other side closes. */
  async rest(): Promise<string> {
    while (!this.#isEnded) await this.#more()
    return this.#text
  }

  close(): void {
    this.#socket.destroy()
  }

  async #body(status: number, fields: readonly string[], method: string): Promise<string> {
    const lengths = linesOf(fields, 'content-length')
    const codings = linesOf(fields, 'transfer-encoding')
    if (lengths.length + codings.length > 1) throw new Error(`framed twice: ${fields.join()}`)
    if (method === 'HEAD' || status === 204 || status === 304) return ''
    if (codings.length === 1) return await this.#chunks(codings[0] as string)
    const [length] = lengths
    if (length === undefined) return await this.rest()
    if (!/^\d+$/.test(length)) throw new Error(`no length: ${length}`)
    return await this.#bytes(Number(length))
  }

  async #chunks(coding: string): Promise<string> {
    if (coding !== 'chunked') throw new Error(`another coding: ${coding}`)
    let body = ''
    for (;;) {
      const size = await this.#until('\r\n')
      if (size === undefined || !/^[\da-f]+$/i.test(size)) throw new Error(`no chunk: ${size}`)
      const chunk = await this.#bytes(Number.parseInt(size, 16))
      if ((await this.#until('\r\n')) !== '') throw new Error('a chunk of another size')
      if (chunk === '') return body
      body += chunk
    }
  }

  async #bytes(count: number): Promise<string> {
    while (this.#text.length < count) {
      if (this.#isEnded) throw new Error('a body that breaks off')
      await this.#more()
    }
    const bytes = this.#text.slice(0, count)
    this.#text = this.#text.slice(count)
    return bytes
  }

  async #until(mark: string): Promise<string | undefined> {
    for (;;) {
      const at = this.#text.indexOf(mark)
      if (at !== -1) {
        const found = this.#text.slice(0, at)
        this.#text = this.#text.slice(at + mark.length)
        return found
      }
      if (this.#isEnded) return undefined
      await this.#more()
    }
  }

  async #more(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve
    })
    this.#wake = undefined
  }
}

export function linesOf(fields: readonly string[], name: string): string[] {
  return fields.filter((_, i) => i % 2 === 1 && fields[i - 1] === name)
}

/** A request with these field lines, as they are; GET of a host unless it says another. */
export function get(target: string, fields: readonly string[] = [], method = 'GET'): string {
  const hasHost = fields.some((line) => /^host:/i.test(line))
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(hasHost ? [] : ['Host: example.com']),
    ...fields,
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

const FIELD = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*([\t\x20-\x7e\x80-\xff]*)$/

function parseHead(head: string): { status: number; fields: string[] } {
  const [line = '', ...lines] = head.split('\r\n')
  const status = /^HTTP\/1\.1 ([1-5]\d\d) [\t\x20-\x7e]*$/.exec(line)?.[1]
  if (status === undefined) throw new Error(`no status line: ${JSON.stringify(line)}`)
  const fields = lines.flatMap((text) => {
    const match = FIELD.exec(text)
    if (match === null) throw new Error(`no field line: ${JSON.stringify(text)}`)
    return [(match[1] as string).toLowerCase(), match[2] as string]
  })
  return { status: Number(status), fields }
}
