import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const VARIABLE = 'STRATA_BENCH_SCRATCH'

/** A folder for this run, gone when the process that made it ends. Processes that it starts share it. */
export function openScratch(): void {
  const folder = (process.env[VARIABLE] = mkdtempSync(join(tmpdir(), 'strata-bench-')))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))
}

/** A new folder in it. */
export function scratchFolder(name: string): string {
  return mkdtempSync(join(process.env[VARIABLE] ?? tmpdir(), `${name}-`))
}
