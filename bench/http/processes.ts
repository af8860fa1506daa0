import { readdirSync, readFileSync } from 'node:fs'

/** A process and all below it. */
export function treeOf(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    numbersIn(readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8')),
  )
  return [pid, ...children.flatMap(treeOf)]
}

/** Bytes of memory in use by processes; pages that they share count for each. */
export function residentBytes(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return sum + Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1_024
  }, 0)
}

function numbersIn(text: string): number[] {
  return text.split(' ').filter(Boolean).map(Number)
}
