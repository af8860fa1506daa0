import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url))

export type LogLine = Readonly<Record<string, unknown>>

export interface StrataOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** The program as it is built, in a process of its own. Nothing of the environment of the tests says a setting to it. */
export class StrataProcess {
  readonly child: ChildProcessWithoutNullStreams
  /** The code it ended with, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  stdout = ''
  stderr = ''
  #isOver = false
  readonly #changes = new Set<() => void>()

  constructor(args: readonly string[], { env = {}, cwd }: StrataOptions = {}) {
    this.child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...ownEnvironment(), ...env },
      ...(cwd !== undefined && { cwd }),
    })
    this.child.stdout.on('data', (text) => this.#changed(() => (this.stdout += String(text))))
    this.child.stderr.on('data', (text) => this.#changed(() => (this.stderr += String(text))))
    this.ended = new Promise((resolve) => {
      this.child.once('close', (code, signal) => {
        this.#changed(() => (this.#isOver = true))
        resolve(code ?? signal)
      })
    })
  }

  /** What a child that runs to its end gives. */
  static async run(args: readonly string[], options?: StrataOptions) {
    const program = new StrataProcess(args, options)
    const code = await program.ended
    return { code, stdout: program.stdout, stderr: program.stderr }
  }

  /** Ports and tokens of the service that it runs. */
  async listening(): Promise<{
    readonly data: number
    readonly admin: number
    readonly line: string
  }> {
    const line = await this.until(() => /^.*\n/.exec(this.stdout)?.[0].trimEnd())
    const [, data, admin] = /data http:\S+:(\d+), admin http:\S+:(\d+) /.exec(line) ?? []
    return { data: Number(data), admin: Number(admin), line }
  }

  /** The lines of its log so far. */
  get log(): readonly LogLine[] {
    const lines = this.stderr.split('\n').filter((line) => line.startsWith('{'))
    return lines.map((line) => JSON.parse(line) as LogLine)
  }

  /** The first line of its log with this message, when it is there. */
  logged(message: string, after = 0): Promise<LogLine> {
    return this.until(() => this.log.slice(after).find(({ msg }) => msg === message))
  }

  /** What `find` finds, as soon as it does. Rejects when the process ends without it. */
  until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = find()
        if (found === undefined && !this.#isOver) return
        this.#changes.delete(look)
        if (found !== undefined) return resolve(found)
        reject(new Error(`it ended without it:\n${this.stdout}${this.stderr}`))
      }
      this.#changes.add(look)
      look()
    })
  }

  signal(name: NodeJS.Signals): void {
    this.child.kill(name)
  }

  /** Ends it, however that goes. */
  async kill(): Promise<void> {
    if (!this.#isOver) this.child.kill('SIGKILL')
    await this.ended
  }

  #changed(change: () => void): void {
    change()
    for (const look of this.#changes) look()
  }
}

function ownEnvironment(): Record<string, string> {
  const entries = Object.entries(process.env).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined &&
      !/^(STRATA_|REDIS_URL$|NODE_ENV$|NODE_OPTIONS$|VITEST)/.test(entry[0]),
  )
  return Object.fromEntries(entries)
}
