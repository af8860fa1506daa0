import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CacheOptions, Reading, WriteResult } from '../../src/index.js'

export interface Request {
  readonly id: number
  readonly op: 'read' | 'set' | 'delete' | 'invalidateTags' | 'clear' | 'close'
  readonly args: readonly unknown[]
}

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

/** A cache in another process. */
export class CacheProcess {
  readonly #child: ChildProcess
  readonly #waiting = new Map<number, (reply: Reply) => void>()
  #id = 0

  private constructor(options: CacheOptions) {
    const path = fileURLToPath(new URL('cache-process-child.ts', import.meta.url))
    this.#child = fork(path, [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
    })
    this.#child.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.(reply))
  }

  /** Resolves when it is known whether it reaches Redis. */
  static async start(options: CacheOptions): Promise<CacheProcess> {
    const started = new CacheProcess(options)
    await new Promise<void>((resolve, reject) => {
      started.#waiting.set(0, () => resolve())
      started.#child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)))
    })
    return started
  }

  /** With `loaded`: what the loader returns. */
  read(key: string, loaded?: unknown): Promise<Reading<unknown>> {
    return this.#call('read', [key, loaded]) as Promise<Reading<unknown>>
  }

  set(key: string, value: unknown, options?: object): Promise<WriteResult> {
    return this.#call('set', [key, value, options]) as Promise<WriteResult>
  }

  delete(key: string): Promise<WriteResult> {
    return this.#call('delete', [key]) as Promise<WriteResult>
  }

  invalidateTags(tags: readonly string[], options?: object): Promise<WriteResult> {
    return this.#call('invalidateTags', [tags, options]) as Promise<WriteResult>
  }

  clear(): Promise<WriteResult> {
    return this.#call('clear', []) as Promise<WriteResult>
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#child.once('exit', resolve))
    await this.#call('close', [])
    this.#child.disconnect()
    await gone
  }

  async #call(op: Request['op'], args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#id
    const reply = await new Promise<Reply>((resolve) => {
      this.#waiting.set(id, resolve)
      this.#child.send({ id, op, args } satisfies Request)
    })
    this.#waiting.delete(id)
    if (reply.error !== undefined) throw new Error(reply.error)
    return reply.result
  }
}
