import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Violation } from '../world/checker.js'
import type { Mutant } from './mutant.js'
import { makePatchedCopy } from './patched-copy.js'

const run = promisify(execFile)

export interface Caught {
  readonly seed: number
  readonly violation: Violation
}

/** The first schedule that shows what is wrong with the mutant; undefined if none of so many does. */
export async function hunt(mutant: Mutant, most: number): Promise<Caught | undefined> {
  const copy = makePatchedCopy(mutant)
  try {
    const main = join(copy.directory, 'test/simulation/mutants/hunt-main.ts')
    const args = ['--import', 'tsx', main, String(most), JSON.stringify(mutant.options ?? {})]
    const { stdout } = await run(process.execPath, args, { cwd: copy.directory })
    const caught = JSON.parse(stdout) as Partial<Caught>
    return caught.seed === undefined ? undefined : (caught as Caught)
  } finally {
    copy.remove()
  }
}
