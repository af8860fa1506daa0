import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { scratchFolder } from './scratch.js'

const run = promisify(execFile)

/** Compiles a file of C, named from this folder; gives the path of the program. */
export async function compiled(source: string): Promise<string> {
  const program = join(scratchFolder('c'), 'program')
  const file = fileURLToPath(new URL(source, import.meta.url))
  try {
    await run('gcc', ['-O2', '-Wall', '-Wextra', '-Werror', '-o', program, file])
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw new Error(`left out: ${source} needs gcc (bash bench/http/install.sh)`, { cause: error })
  }
  return program
}
