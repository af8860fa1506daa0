import { spawn, type ChildProcess } from 'node:child_process'
import { connect, createServer, type AddressInfo } from 'node:net'
import { tied } from '../tied.js'
import { scratchFolder } from './scratch.js'

/**
 * Starts a program that ends when this process does, in a folder that is thrown away with what it leaves there. What it says
 * is told only when it ends by itself, which is an error.
 */
export function startProgram(program: string, words: readonly string[]): ChildProcess {
  const child = spawn(...tied(program, words), {
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
