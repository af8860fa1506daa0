import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'

/** One request as an origin of raw sockets got it. */
export interface RawRequest {
  /** Request line and field lines. */
  readonly head: string
  /** Which connection, counted from 1, and the how manieth request on it. */
  readonly connection: number
  readonly place: number
  readonly socket: Socket
}

/**
 * An origin that says what it is told to, byte by byte. It takes heads for requests; bodies are for the script to read from
 * the socket.
 */
export class RawOrigin {
  readonly requests: RawRequest[] = []
  connections = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(server: Server) {
    this.#server = server
  }

  static async open(script: (request: RawRequest) => void): Promise<RawOrigin> {
    const server = createServer()
    const origin = new RawOrigin(server)
    server.on('connection', (socket) => origin.#serve(socket, script))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return origin
  }

  /** An origin that answers each request with these bytes, and perhaps closes then. */
  static says(bytes: string, end: 'keep' | 'close' | 'reset' = 'keep'): Promise<RawOrigin> {
    return RawOrigin.open(({ socket }) => {
      socket.write(Buffer.from(bytes, 'latin1'), () => {
        if (end === 'close') socket.end()
        if (end === 'reset') socket.resetAndDestroy()
      })
    })
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #serve(socket: Socket, script: (request: RawRequest) => void): void {
    const connection = ++this.connections
    let place = 0
    let text = ''
    this.#sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      const end = text.indexOf('\r\n\r\n')
      if (end === -1) return
      const request = { head: text.slice(0, end), connection, place: ++place, socket }
      text = text.slice(end + 4)
      this.requests.push(request)
      script(request)
    })
  }
}
