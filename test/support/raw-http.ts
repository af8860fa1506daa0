import { connect, type Socket } from 'node:net'

/** A connection that sends exactly these bytes: what no client library would. */
export class RawClient {
  readonly socket: Socket
  #text = ''
  #wake: () => void = () => {}
  #isClosed = false

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => {
      this.#text += text
      this.#wake()
    })
    this.socket.on('error', () => undefined) // what was received before counts
    this.socket.on('close', () => {
      this.#isClosed = true
      this.#wake()
    })
  }

  get text(): string {
    return this.#text
  }

  send(text: string): this {
    this.socket.write(text, 'latin1')
    return this
  }

  /** All that was received, once it has this, or the connection has ended. */
  async until(pattern: RegExp): Promise<string> {
    while (!pattern.test(this.#text) && !this.#isClosed) {
      await new Promise<void>((wake) => (this.#wake = wake))
    }
    return this.#text
  }

  /** All that was received when the server has closed. */
  closed(): Promise<string> {
    return this.until(/(?!)/)
  }

  end(): void {
    this.socket.destroy()
  }
}

/** The whole answer to these bytes, after which the server closes. */
export async function rawAnswer(port: number, text: string): Promise<string> {
  const client = new RawClient(port).send(text)
  const answer = await client.closed()
  client.end()
  return answer
}

/** The status lines of all answers in the text. */
export function statusesOf(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]))
}
