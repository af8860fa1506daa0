import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Run {
  readonly status: number
  readonly stdout: string
  readonly stderr: string
}

/** A new project in a temporary folder, with these packages installed. Returns its folder. */
export async function createProject(
  packages: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-package-'))
  const manifest = { name: 'consumer', version: '1.0.0', private: true }
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest))
  const args = ['install', '--no-audit', '--no-fund', '--prefer-offline', ...packages]
  orThrow(args, await run('npm', args, { cwd: folder, env }))
  return folder
}

/** Runs npm in a folder and returns what it prints. Throws when it fails. */
export async function npm(folder: string, ...args: readonly string[]): Promise<string> {
  return orThrow(args, await run('npm', args, { cwd: folder }))
}

function orThrow(args: readonly string[], result: Run): string {
  if (result.status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${result.stderr}`)
  return result.stdout
}

/** Runs Node in a folder. */
export function node(folder: string, ...args: readonly string[]): Promise<Run> {
  return run(process.execPath, args, { cwd: folder })
}

interface Where {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
}

function run(file: string, args: readonly string[], where: Where): Promise<Run> {
  const env = outsideOfNpm(where.env ?? process.env)
  return new Promise((resolve) => {
    execFile(file, args, { cwd: where.cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      const status = error === null ? 0 : typeof error.code === 'number' ? error.code : 1
      resolve({ status, stdout, stderr })
    })
  })
}

/** The environment without what `npm run` and vitest add: it names this package, not the temporary project. */
function outsideOfNpm(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const added =
    /^(npm_(package|lifecycle|command|config_(local_)?prefix)|VITEST|NODE_ENV|NODE_OPTIONS|TEST$)/
  return Object.fromEntries(Object.entries(env).filter(([name]) => !added.test(name)))
}
