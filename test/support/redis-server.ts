import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect as dial, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { describe } from 'vitest'

const run = promisify(execFile)

/** A real `redis-server` on the loopback interface, without persistence, in a directory of its own. */
export interface RedisServer {
  readonly url: string
  readonly port: number
  readonly pid: number
  /** Where it would write its snapshot. */
  readonly directory: string
  /** SIGSTOP: accepts connections (the kernel does) and answers nothing. */
  stop(): void
  /** SIGCONT. */
  cont(): void
  /** SIGKILL; resolves when it is dead. */
  kill(): Promise<void>
  /** Kills it if it runs, then starts an empty one on the same port. */
  restart(): Promise<void>
  /** Kills it for good and removes its directory. */
  close(): Promise<void>
  /** Output of `redis-cli`. */
  cli(...args: readonly string[]): Promise<string>
}

export interface RedisServerOptions {
  /** Further arguments of `redis-server`, such as `--requirepass x`. */
  readonly args?: readonly string[]
  readonly port?: number
  /** A file that says everything, and what belongs to it: instead of the settings above and of our own. */
  readonly config?: readonly string[]
}

const hasRedis: boolean = isInstalled('redis-server') && isInstalled('redis-cli')

/** Like `describe`; skipped without `redis-server`, unless `STRATA_REQUIRE_REDIS=1`: then it fails. */
export function describeRedis(name: string, body: () => void): void {
  if (hasRedis || process.env['STRATA_REQUIRE_REDIS'] === '1') describe(name, body)
  else describe.skip(`${name} (skipped: redis-server is not installed)`, body)
}

export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  if (!hasRedis) throw new Error('redis-server and redis-cli are needed for this test')
  for (let attempt = 1; ; attempt++) {
    const server = new ServerProcess(options.port ?? (await freePort()), options)
    try {
      await server.start()
      return server
    } catch (error) {
      await server.close()
      // somebody else took the port meanwhile
      if (options.port !== undefined || attempt === 5) throw error
    }
  }
}

/** A port nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const listener = createServer()
  await new Promise<void>((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', resolve)
  })
  const address = listener.address()
  await new Promise((resolve) => listener.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Resolves once `condition` holds; rejects after `ms`. For what a real server does in its own time. */
export async function until(condition: () => unknown, ms = 5_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${ms} ms: ${condition.toString()}`)
    await sleep(5)
  }
}

const STARTUP = 10_000
/** Ends the server with the test process, however that dies. */
const TIED = isInstalled('setpriv') ? ['setpriv', '--pdeathsig', 'KILL'] : []
const running = new Set<ServerProcess>()

process.once('exit', () => {
  for (const server of running) server.killNow()
})

class ServerProcess implements RedisServer {
  readonly port: number
  readonly #options: RedisServerOptions
  readonly directory: string = mkdtempSync(join(tmpdir(), 'strata-redis-'))
  #child: ChildProcess | undefined

  constructor(port: number, options: RedisServerOptions) {
    this.port = port
    this.#options = options
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  get pid(): number {
    const pid = this.#child?.pid
    if (pid === undefined) throw new Error('the server does not run')
    return pid
  }

  async start(): Promise<void> {
    const settings = [
      '--port',
      `${this.port}`,
      '--bind',
      '127.0.0.1',
      '--save',
      '',
      '--appendonly',
      'no',
    ]
    const own = ['--dir', this.directory, '--repl-diskless-sync-delay', '0']
    const { config, args = [] } = this.#options
    const command = [...TIED, 'redis-server', ...(config ?? [...settings, ...own, ...args])]
    const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'ignore'] })
    this.#child = child
    running.add(this)
    let log = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      log = (log + chunk.toString()).slice(-4_000)
    })
    const gone = new Promise<never>((_, reject) => {
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${log}`)))
    })
    gone.catch(() => {})
    await Promise.race([until(() => answers(this.port), STARTUP), gone])
  }

  stop(): void {
    process.kill(this.pid, 'SIGSTOP')
  }

  cont(): void {
    process.kill(this.pid, 'SIGCONT')
  }

  async kill(): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const dead = new Promise((resolve) => child.once('exit', resolve))
    child.kill('SIGKILL')
    await dead
    running.delete(this)
  }

  killNow(): void {
    this.#child?.kill('SIGKILL')
    rmSync(this.directory, { recursive: true, force: true })
  }

  async restart(): Promise<void> {
    await this.kill()
    await this.start()
  }

  async close(): Promise<void> {
    await this.kill()
    rmSync(this.directory, { recursive: true, force: true })
  }

  async cli(...args: readonly string[]): Promise<string> {
    const { stdout } = await run('redis-cli', ['-p', `${this.port}`, ...args])
    return stdout.trim()
  }
}

/** Any answer will do: `+PONG`, or `-NOAUTH` from one with a password. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1', () => socket.write('PING\r\n'))
    socket.once('data', () => {
      resolve(true)
      socket.destroy()
    })
    socket.once('error', () => resolve(false))
    socket.setTimeout(1_000, () => {
      resolve(false)
      socket.destroy()
    })
  })
}

function isInstalled(command: string): boolean {
  return spawnSync(command, ['--version'], { stdio: 'ignore' }).error === undefined
}
