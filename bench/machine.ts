import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'

/** What the numbers were measured on, in one line. */
export function machineLine(): string {
  const processors = cpus()
  return [
    `${processors[0]?.model ?? 'unknown CPU'} x ${processors.length}`,
    `Node ${process.versions.node}`,
    `Redis ${redisVersion()}`,
    new Date().toISOString().slice(0, 10),
  ].join(' | ')
}

function redisVersion(): string {
  const text = execFileSync('redis-server', ['--version'], { encoding: 'utf8' })
  return /v=(\S+)/.exec(text)?.[1] ?? 'unknown'
}
