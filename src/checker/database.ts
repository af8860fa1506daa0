import type { ChildProcess } from 'node:child_process'
import { startChild } from './child.js'
import { DatabaseClient } from './database-client.js'
import { gate } from './gate.js'
import type { DatabaseSummary } from './protocol.js'

/** The database, seen from the process that started it. */
export class Database {
  readonly port: number
  /** Rejects when its process ends. */
  readonly failure: Promise<never>
  readonly #child: ChildProcess

  private constructor(port: number, child: ChildProcess, failure: Promise<never>) {
    this.port = port
    this.failure = failure
    this.#child = child
  }

  static async start(execArgv: readonly string[]): Promise<Database> {
    const child = startChild('database-process', '', execArgv)
    const failed = gate<never>()
    child.once('exit', (code) => failed.fail(new Error(`the database ended (${code})`)))
    const started = new Promise<number>((resolve) => {
      child.once('message', (port: number) => resolve(port))
    })
    const port = await Promise.race([started, failed.promise])
    return new Database(port, child, failed.promise)
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
    this.#child.kill('SIGKILL')
  }
}
