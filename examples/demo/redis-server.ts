import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

export interface RedisServer {
  readonly url: string
  /** Of a server that was started here; a Redis of yours has none, and is never frozen. */
  readonly pid: number | undefined
  close(): Promise<void>
}

/** `REDIS_URL` if it is set, else a child `redis-server`, else (none installed) `undefined`. */
export async function openRedis(url = process.env['REDIS_URL']): Promise<RedisServer | undefined> {
  if (url) return { url, pid: undefined, close: async () => {} }
  return startRedisServer().catch((error: Error) => {
    if (error.message === 'not installed') return undefined
    throw error
  })
}

// The shell that holds the server by the hand: it ends the server and its directory when its standard input closes, which
// happens however this process ends, `kill -9` included.
const keeper = `
  command -v redis-server >/dev/null || { echo none; exit 0; }
  redis-server --port "$1" --bind 127.0.0.1 --dir "$2" --save '' --appendonly no --daemonize no >/dev/null 2>&1 &
  pid=$!; echo $pid
  read -r _; kill -9 $pid 2>/dev/null; wait $pid 2>/dev/null; rm -rf "$2"`

async function startRedisServer(): Promise<RedisServer> {
  const directory = mkdtempSync(join(tmpdir(), 'strata-redis-'))
  const port = await freePort()
  // In a process group of its own, so that Ctrl-C reaches this process alone, which then says goodbye to Redis first.
  const shell = spawn('sh', ['-c', keeper, 'sh', String(port), directory], {
    detached: true,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  const ended = new Promise<void>((done) =>
    shell.once('close', () => done()).once('error', () => done()),
  )
  const pid = Number(await firstLineOf(shell, ended))
  const remove = () => rmSync(directory, { recursive: true, force: true })
  if (!pid) {
    remove()
    throw new Error('not installed')
  }
  await answers(port, pid)
  unref(shell)
  return {
    url: `redis://127.0.0.1:${port}`,
    pid,
    async close() {
      shell.ref()
      shell.stdin?.end()
      await ended
      remove()
    },
  }
}

/** A script that forgets to close still ends; its server ends with it. */
function unref(shell: ChildProcess): void {
  shell.unref()
  for (const stream of [shell.stdin, shell.stdout])
    (stream as unknown as { unref(): void } | null)?.unref()
}

async function firstLineOf(shell: ChildProcess, ended: Promise<void>): Promise<string> {
  const lines = createInterface({ input: shell.stdout! })
  const line = await Promise.race([
    new Promise<string>((done) => lines.once('line', done)),
    ended.then(() => ''),
  ])
  lines.close()
  return line
}

async function answers(port: number, pid: number): Promise<void> {
  for (const until = performance.now() + 5_000; performance.now() < until; await sleep(20)) {
    const open = await new Promise<boolean>((done) => {
      const socket = connect(port, '127.0.0.1')
      socket.once('connect', () => done(true)).once('error', () => done(false))
      socket.once('connect', () => socket.destroy())
    })
    if (open) return
  }
  throw new Error(`redis-server (pid ${pid}) does not answer on port ${port}`)
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as AddressInfo
      probe.close(() => resolve(port))
    })
  })
}
