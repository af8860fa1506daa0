import { spawn, type ChildProcess } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { connect, createServer, type AddressInfo } from 'node:net'
import { delimiter, join } from 'node:path'
import { scratchFolder } from './scratch.js'

/** Where a program is that may not be installed. Throws what to do. */
export function programPath(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, name)).find(isExecutable)
  if (found === undefined) {
    throw new Error(`left out: no ${name} on this machine (bash bench/http/install.sh)`)
  }
  return found
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Starts a program that ends when this process does, in a folder that is thrown away with what it leaves there. What it says
 * is told only when it ends by itself, which is an error.
 */
export function startProgram(program: string, words: readonly string[]): ChildProcess {
  const child = spawn(programPath('setpriv'), ['--pdeathsig', 'TERM', program, ...words], {
    cwd: scratchFolder('program'),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let said = ''
  child.stderr?.on('data', (text: Buffer) => (said = (said + text.toString()).slice(-500)))
  child.once('exit', (code, signal) => {
    throw new Error(`${program} ended (${signal ?? code}): ${said}`)
  })
  return child
}

/** A port that nobody has, for a program that cannot say which one it got. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Until a connection to it can be opened. */
export async function untilListening(port: number): Promise<void> {
  const end = performance.now() + 15_000
  while (!(await canConnect(port))) {
    if (performance.now() > end) throw new Error('it does not listen within 15 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const settle = (isOpen: boolean): void => {
      socket.destroy()
      resolve(isOpen)
    }
    socket.once('connect', () => settle(true)).once('error', () => settle(false))
  })
}
