import { type ChildProcess, spawn } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** An example that runs in a process of its own, as a user starts it. */
export interface ExampleProgram {
  readonly process: ChildProcess
  readonly output: () => string
  readonly ended: Promise<number | null>
}

export function startExample(
  path: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ExampleProgram {
  const child = spawn(process.execPath, ['--import', 'tsx', path, ...args], { cwd: root, env })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text) => (output += String(text)))
  const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)))
  return { process: child, output: () => output, ended }
}

/** Waits until it has printed this. */
export async function outputOf(program: ExampleProgram, pattern: RegExp): Promise<RegExpExecArray> {
  for (;;) {
    const found = pattern.exec(program.output())
    if (found) return found
    if (program.process.exitCode !== null)
      throw new Error(`the example has ended:\n${program.output()}`)
    await sleep(50)
  }
}

/** Whether a process ends within five seconds (a process whose parent was killed stays until init looks after it). */
export async function isGone(pid: number): Promise<boolean> {
  for (let attempt = 0; attempt < 100; attempt++) {
    try {
      process.kill(pid, 0)
    } catch {
      return true
    }
    await sleep(50)
  }
  return false
}
