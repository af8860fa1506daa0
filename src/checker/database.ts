import type { ChildProcess } from 'node:child_process'
import { startChild } from './child.js'
import { DatabaseClient } from './database-client.js'
import type { DatabaseSummary } from './protocol.js'

/** The database, seen from the process that started it. */
export class Database {
  readonly port: number
  /** Rejects when its process ends before it is closed. */
  readonly failure: Promise<never>
  readonly #child: ChildProcess

  private constructor(port: number, child: ChildProcess, failure: Promise<never>) {
    this.port = port
    this.failure = failure
    this.#child = child
  }

  static async start(execArgv: readonly string[]): Promise<Database> {
    const child = startChild('database-process', '', execArgv)
    const failure = new Promise<never>((_, reject) => {
      child.once('exit', (code) => reject(new Error(`the database ended (${code})`)))
    })
    const started = new Promise<number>((resolve) => {
      child.once('message', (port: number) => resolve(port))
    })
    return new Database(await Promise.race([started, failure]), child, failure)
  }

  async summary(): Promise<DatabaseSummary> {
    const client = await DatabaseClient.connect(this.port)
    try {
      return await client.summary()
    } finally {
      client.close()
    }
  }

  close(): void {
    this.#child.removeAllListeners('exit').kill('SIGKILL')
  }
}
