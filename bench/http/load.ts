import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { compiled } from './compile.js'
import { onCore } from './cores.js'
import { requestFile } from './requests.js'

/** How much is asked, and how fast. */
export interface LoadShape {
  readonly connections: number
  readonly ms: number
  /** Requests per second, due at even distances; absent: each connection asks as soon as it is answered. */
  readonly rate?: number
  /** Asks the same for as long before it measures. Milliseconds. */
  readonly warm?: number
}

/** Whose processor time is read. */
export interface LoadTarget {
  readonly port: number
  readonly pids: readonly number[]
  /** The process whose first thread is that of JavaScript; 0: none. */
  readonly jsPid: number
}

/** Times of processors in microseconds, of answers in milliseconds. */
export interface LoadResult {
  readonly answered: number
  /** Connections that the server closed and that were opened anew. */
  readonly reopened: number
  readonly ms: number
  /** Of the server's processes. */
  readonly cpu: number
  /** Of the thread of JavaScript; NaN: there is none. */
  readonly js: number
  /** Of the load itself. */
  readonly own: number
  readonly p50: number
  readonly p99: number
  readonly max: number
}

const run = promisify(execFile)

/** The load of `load.c`, on a core of its own, for one server and some paths. */
export class Load {
  readonly #program: string
  readonly #file: string
  readonly #target: LoadTarget

  private constructor(program: string, file: string, target: LoadTarget) {
    this.#program = program
    this.#file = file
    this.#target = target
  }

  static async open(target: LoadTarget, paths: readonly string[]): Promise<Load> {
    return new Load(await compiled('load.c'), requestFile(target.port, paths), target)
  }

  /** Rejects when an answer is not 200, is broken off or does not come within 20 s. */
  run({ connections, ms, rate = 0, warm = 0 }: LoadShape): Promise<LoadResult> {
    return this.#run([connections, warm, ms, rate, 0, 0])
  }

  /** Asks so often, with the number of each request, from `from` on, in the place of ten `#` in its path. */
  runCount(connections: number, count: number, from: number): Promise<LoadResult> {
    return this.#run([connections, 0, 3_600_000, 0, count, from])
  }

  async #run(words: readonly number[]): Promise<LoadResult> {
    const { port, pids, jsPid } = this.#target
    const all = [port, this.#file, ...words, jsPid, ...pids].map(String)
    try {
      const { stdout } = await run(...onCore(1, this.#program, all))
      const result = JSON.parse(stdout) as LoadResult
      return jsPid === 0 ? { ...result, js: Number.NaN } : result
    } catch (error) {
      throw new Error((error as { readonly stderr?: string }).stderr?.trim() ?? String(error), {
        cause: error,
      })
    }
  }
}
