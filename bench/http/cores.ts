import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

// The server under test has core 0 for itself, with all its threads and processes, the load has core 1. On a machine with
// one core, or without taskset, they stay where the system puts them.
const canPin = cpus().length > 1 && hasTaskset()

function hasTaskset(): boolean {
  try {
    execFileSync('taskset', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** How `fork` starts Node on those cores. */
export function nodeOn(cores: string): { execPath?: string; execArgv?: string[] } {
  if (!canPin) return {}
  return {
    execPath: 'taskset',
    execArgv: ['-c', cores, process.execPath, ...process.execArgv],
  }
}

/** The command, on that core. */
export function onCore(
  core: number,
  program: string,
  words: readonly string[],
): [string, string[]] {
  return canPin ? ['taskset', ['-c', String(core), program, ...words]] : [program, [...words]]
}

/** All threads of a process that runs; those and the processes that it starts from now on follow. */
export function pin(pid: number, cores: string): void {
  if (canPin) execFileSync('taskset', ['-a', '-c', '-p', cores, String(pid)], { stdio: 'ignore' })
}
