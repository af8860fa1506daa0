import { connect } from 'node:net'
import { createServer, type Server } from '../../src/server/index.js'

/** The same app on both listeners. */
export class TwoServers {
  readonly #servers: readonly Server[]
  #ports: readonly number[] = []

  constructor(add: (app: Server) => void) {
    this.#servers = [true, false].map((native) => {
      const timeouts = { header: 5_000, request: 5_000 }
      const app = createServer({ port: 0, native, logger: false, timeouts })
      add(app)
      return app
    })
  }

  async open(): Promise<void> {
    const addresses = await Promise.all(this.#servers.map((app) => app.listen()))
    this.#ports = addresses.map(({ port }) => port)
  }

  async close(): Promise<void> {
    await Promise.all(this.#servers.map((app) => app.close({ timeout: 0 })))
  }

  /** What each makes of these bytes, the native one first. */
  async answers(bytes: string): Promise<readonly Heard[]> {
    return await Promise.all(this.#ports.map((port) => hear(port, bytes)))
  }
}

/** What comes back for bytes. */
export interface Heard {
  readonly text: string
  /** The server ended the connection while the client would have gone on. */
  readonly isClosed: boolean
}

/** How long a connection has to be silent to be taken for one that waits for the next request. */
const SILENCE = 120

function hear(port: number, bytes: string): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1').setEncoding('latin1')
    let text = ''
    let isClosed = false
    socket.setTimeout(SILENCE, () => socket.destroy())
    socket.on('data', (piece: string) => (text += piece))
    socket.on('end', () => (isClosed = true))
    socket.on('error', () => (isClosed = true)) // a reset
    socket.on('close', () => resolve({ text, isClosed }))
    socket.write(bytes, 'latin1')
  })
}
