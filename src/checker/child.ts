import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'

const children = new Set<ChildProcess>()

// SIGKILL also ends one that is stopped
process.on('exit', () => {
  for (const child of children) child.kill('SIGKILL')
})

/** Starts a program of this folder. It ends with this process, however it was stopped. */
export function startChild(
  program: 'worker-process' | 'database-process',
  argument: string,
  execArgv: readonly string[],
): ChildProcess {
  const own = import.meta.url
  const path = fileURLToPath(new URL(`./${program}${extname(own)}`, own))
  const child = fork(path, [argument], { execArgv: [...execArgv] })
  children.add(child)
  child.once('exit', () => children.delete(child))
  return child
}
