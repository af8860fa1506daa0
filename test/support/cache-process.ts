import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Condition, Fill, LeaseAnswer, LeaseWish, Put } from '../../src/cache/handle.js'
import type {
  CacheOptions,
  CacheStats,
  GetOptions,
  Reading,
  SetOptions,
  WriteResult,
} from '../../src/index.js'

export interface Request {
  readonly id: number
  readonly op:
    | 'get'
    | 'read'
    | 'load'
    | 'open'
    | 'set'
    | 'delete'
    | 'expire'
    | 'invalidateTags'
    | 'clear'
    | 'put'
    | 'remove'
    | 'lease'
    | 'fill'
    | 'giveUp'
    | 'addByOne'
    | 'peek'
    | 'stats'
    | 'close'
  readonly args: readonly unknown[]
}

/** What the loader of the other process does. */
export interface LoadPlan {
  readonly value?: unknown
  /** Fails with this instead. */
  readonly fail?: { readonly message: string; readonly code?: string }
  /** Milliseconds it takes. */
  readonly ms?: number
  /** It ends no sooner than `open` of this name. */
  readonly gate?: string
  readonly tags?: readonly string[]
}

/** What one caller there was given. */
export interface LoadAnswer {
  readonly reading?: Reading<unknown>
  readonly error?: { readonly name: string; readonly message: string; readonly code?: unknown }
}

interface Reply {
  readonly id: number
  readonly result?: unknown
  readonly error?: string
}

interface Waiting {
  resolve(reply: Reply): void
  reject(error: Error): void
}

/** A cache in another process. */
export class CacheProcess {
  readonly #child: ChildProcess
  readonly #gone: Promise<void>
  readonly #waiting = new Map<number, Waiting>()
  #id = 0

  private constructor(options: CacheOptions) {
    const path = fileURLToPath(new URL('cache-process-child.ts', import.meta.url))
    this.#child = fork(path, [JSON.stringify(options)], {
      execArgv: ['--import', 'tsx'],
      serialization: 'advanced',
    })
    this.#child.on('message', (reply: Reply) => this.#waiting.get(reply.id)?.resolve(reply))
    this.#gone = new Promise((resolve) => {
      this.#child.once('exit', (code, signal) => {
        const error = new Error(`the process ended with ${code ?? signal}`)
        for (const { reject } of this.#waiting.values()) reject(error)
        resolve()
      })
    })
  }

  /** Resolves when it is known whether it reaches Redis. */
  static async start(options: CacheOptions): Promise<CacheProcess> {
    const started = new CacheProcess(options)
    await started.#reply(0)
    return started
  }

  /** Without a loader. */
  get(key: string): Promise<unknown> {
    return this.#call('get', [key])
  }

  /** With `loaded`: what the loader returns. */
  read(key: string, loaded?: unknown): Promise<Reading<unknown>> {
    return this.#call('read', [key, loaded]) as Promise<Reading<unknown>>
  }

  /** So many callers at once. */
  load(
    key: string,
    plan: LoadPlan,
    { callers = 1, ...options }: GetOptions & { readonly callers?: number } = {},
  ): Promise<LoadAnswer[]> {
    return this.#call('load', [key, plan, callers, options]) as Promise<LoadAnswer[]>
  }

  /** Lets the loads go on that wait for it, now and later. */
  async open(gate: string): Promise<void> {
    await this.#call('open', [gate])
  }

  set(key: string, value: unknown, options?: object): Promise<WriteResult> {
    return this.#call('set', [key, value, options]) as Promise<WriteResult>
  }

  delete(key: string): Promise<WriteResult> {
    return this.#call('delete', [key]) as Promise<WriteResult>
  }

  expire(key: string): Promise<WriteResult> {
    return this.#call('expire', [key]) as Promise<WriteResult>
  }

  invalidateTags(tags: readonly string[], options?: object): Promise<WriteResult> {
    return this.#call('invalidateTags', [tags, options]) as Promise<WriteResult>
  }

  clear(): Promise<WriteResult> {
    return this.#call('clear', []) as Promise<WriteResult>
  }

  put(key: string, value: unknown, options: SetOptions, condition?: Condition): Promise<Put> {
    return this.#call('put', [key, value, options, condition]) as Promise<Put>
  }

  remove(key: string, condition: Condition): Promise<WriteResult | 'refused'> {
    return this.#call('remove', [key, condition]) as Promise<WriteResult | 'refused'>
  }

  lease(key: string, wish: LeaseWish): Promise<LeaseAnswer> {
    return this.#call('lease', [key, wish]) as Promise<LeaseAnswer>
  }

  fill(key: string, token: string, value: unknown, options: SetOptions = {}): Promise<Fill> {
    return this.#call('fill', [key, token, value, options]) as Promise<Fill>
  }

  giveUp(key: string, token: string): Promise<boolean> {
    return this.#call('giveUp', [key, token]) as Promise<boolean>
  }

  /** So many writers at once read the number under the key and write one more, so often each; how often that was refused. */
  addByOne(key: string, writers: number, times: number, options: SetOptions): Promise<number> {
    return this.#call('addByOne', [key, writers, times, options]) as Promise<number>
  }

  peek(key: string): Promise<unknown> {
    return this.#call('peek', [key])
  }

  stats(): Promise<CacheStats> {
    return this.#call('stats', []) as Promise<CacheStats>
  }

  /** SIGSTOP: nothing runs there any more; its sockets stay open. */
  stop(): void {
    this.#child.kill('SIGSTOP')
  }

  /** SIGCONT. */
  cont(): void {
    this.#child.kill('SIGCONT')
  }

  /** SIGKILL; resolves when it is dead. What was asked of it rejects. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL')
    await this.#gone
  }

  async close(): Promise<void> {
    await this.#call('close', [])
    this.#child.disconnect()
    await this.#gone
  }

  async #call(op: Request['op'], args: readonly unknown[]): Promise<unknown> {
    const id = ++this.#id
    const reply = this.#reply(id)
    this.#child.send({ id, op, args } satisfies Request)
    const { error, result } = await reply
    if (error !== undefined) throw new Error(error)
    return result
  }

  async #reply(id: number): Promise<Reply> {
    try {
      return await new Promise<Reply>((resolve, reject) => {
        this.#waiting.set(id, { resolve, reject })
      })
    } finally {
      this.#waiting.delete(id)
    }
  }
}
