import { spawn, spawnSync } from 'node:child_process'
import { it } from 'vitest'

const hasPython = spawnSync('python3', ['--version'], { stdio: 'ignore' }).error === undefined

/** Like `it`; skipped without `python3`, unless `STRATA_REQUIRE_REDIS=1` (all real parts are wanted): then it fails. */
export function itPython(name: string, body: () => Promise<void>): void {
  if (hasPython || process.env['STRATA_REQUIRE_REDIS'] === '1') it(name, body)
  else it.skip(`${name} (skipped: python3 is not installed)`, body)
}

export interface PythonRun {
  readonly code: number | null
  readonly lines: readonly string[]
  readonly stderr: string
}

export function runPython(...args: readonly string[]): Promise<PythonRun> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', args)
    let [stdout, stderr] = ['', '']
    child.stdout.on('data', (text) => (stdout += String(text)))
    child.stderr.on('data', (text) => (stderr += String(text)))
    child.once('error', reject)
    child.once('close', (code) => {
      resolve({ code, lines: stdout.split('\n').filter((line) => line !== ''), stderr })
    })
  })
}
