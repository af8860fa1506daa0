import { connect, type Socket } from 'node:net'
import {
  type DatabaseReply,
  type DatabaseRequest,
  type DatabaseSummary,
  onLine,
  sendLine,
} from './protocol.js'

/** What a write did. */
export interface Written {
  /** In the order of the keys. */
  readonly versions: readonly number[]
  /** Lets others write these keys, if they are held. */
  release(): Promise<void>
}

type Question = DatabaseRequest extends infer R
  ? R extends unknown
    ? Omit<R, 'id'>
    : never
  : never

/** The database as the other processes see it, over one connection. */
export class DatabaseClient {
  readonly #socket: Socket
  readonly #waiting = new Map<number, (reply: DatabaseReply) => void>()
  #id = 0

  private constructor(socket: Socket) {
    this.#socket = socket
    onLine(socket, (message) => {
      const reply = message as DatabaseReply
      const resolve = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      resolve?.(reply)
    })
  }

  static async connect(port: number): Promise<DatabaseClient> {
    const socket = connect(port, '127.0.0.1')
    await new Promise<void>((resolve, reject) => {
      socket.once('error', reject).once('connect', resolve)
    })
    return new DatabaseClient(socket.setNoDelay(true))
  }

  async read(key: string): Promise<number> {
    const { versions } = await this.#ask({ op: 'read', key })
    return versions?.[0] ?? 0
  }

  /** Raises the version of each key. With `hold` nobody else can until `release`; waits while somebody else holds one. */
  async write(keys: readonly string[], hold: boolean): Promise<Written> {
    const write = this.#id + 1
    const { versions = [] } = await this.#ask({ op: 'write', keys, hold })
    const release = async (): Promise<void> => {
      if (hold) await this.#ask({ op: 'release', write })
    }
    return { versions, release }
  }

  async summary(): Promise<DatabaseSummary> {
    const { summary } = await this.#ask({ op: 'summary' })
    return summary ?? { loads: 0, newest: [] }
  }

  close(): void {
    this.#socket.destroy()
  }

  #ask(question: Question): Promise<DatabaseReply> {
    const id = ++this.#id
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      sendLine(this.#socket, { id, ...question })
    })
  }
}
