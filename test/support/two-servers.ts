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

/** A connection that is silent for so long waits for the client; what was sent is answered long before. */
const SILENCE = 400

/** The client then ends it, which both servers answer to at last. */
const PATIENCE = 10_000

function hear(port: number, bytes: string): Promise<Heard> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).setEncoding('latin1')
    let text = ''
    let isClosed: boolean | undefined
    const settle = (isByServer: boolean): void => {
      isClosed ??= isByServer
      socket.end()
    }
    socket.setTimeout(SILENCE, () => {
      if (isClosed !== undefined) return void socket.destroy()
      settle(false)
      socket.setTimeout(PATIENCE)
    })
    socket.on('data', (piece: string) => (text += piece))
    socket.on('end', () => settle(true))
    socket.on('error', () => settle(true)) // a reset
    socket.on('close', () => resolve({ text, isClosed: isClosed ?? true }))
    socket.write(bytes, 'latin1')
  })
}
