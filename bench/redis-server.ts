import { spawn } from 'node:child_process'
import { rmSync } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { scratchFolder } from './http/scratch.js'
import { tied } from './tied.js'

export interface RedisServer {
  readonly pid: number
  readonly port: number
  stop(): void
}

const running = new Set<RedisServer>()

/** For where there is no setpriv. */
process.on('exit', () => {
  for (const server of running) server.stop()
})

/** A `redis-server` of our own on a free port, keeping nothing on disk. `args`: further arguments. */
export async function startRedis(args: readonly string[] = []): Promise<RedisServer> {
  const port = await freePort()
  const dir = scratchFolder('redis')
  const where = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', dir]
  const nothingKept = ['--save', '', '--appendonly', 'no']
  // KILL also ends a frozen one
  const command = tied('redis-server', [...where, ...nothingKept, ...args], 'KILL')
  const child = spawn(...command, { stdio: 'ignore' })
  const failed = new Promise<never>((_, reject) => child.once('error', reject))
  if (child.pid === undefined) return failed
  const server: RedisServer = {
    pid: child.pid,
    port,
    stop: () => {
      running.delete(server)
      child.kill('SIGKILL')
      rmSync(dir, { recursive: true, force: true })
    },
  }
  running.add(server)
  await Promise.race([failed, untilOpen(port)])
  return server
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (await isOpen(port)) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`redis-server did not open port ${port}`)
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => resolve(true))
    socket.once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
