import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Mutant } from './mutant.js'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))
const COPIED = ['package.json', 'tsconfig.json', 'src', 'test/simulation', 'test/support']

/** A copy of the program with its simulation, in which one line is another. */
export interface PatchedCopy {
  readonly directory: string
  remove(): void
}

/** Throws when the line is not there, or more than once: the program has changed and the mutant must follow. */
export function makePatchedCopy({ name, file, find, replace }: Mutant): PatchedCopy {
  const directory = mkdtempSync(join(tmpdir(), 'strata-mutant-'))
  const remove = (): void => rmSync(directory, { recursive: true, force: true })
  try {
    for (const path of COPIED) cpSync(join(ROOT, path), join(directory, path), { recursive: true })
    symlinkSync(join(ROOT, 'node_modules'), join(directory, 'node_modules'))
    const path = join(directory, 'src', file)
    const parts = readFileSync(path, 'utf8').split(find)
    if (parts.length !== 2) {
      throw new Error(`${name}: found ${parts.length - 1} times in src/${file}: ${find}`)
    }
    writeFileSync(path, parts.join(replace))
    return { directory, remove }
  } catch (error) {
    remove()
    throw error
  }
}
