import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

export const REPOSITORY = join(import.meta.dirname, '..')
export const NATIVE = join(REPOSITORY, 'native')

/** In CI nothing about the addon may be left out: what is missing fails. */
export const isNativeRequired = process.env['STRATA_REQUIRE_NATIVE'] === '1'

/** Why cargo cannot build the addon here; undefined when it can. */
export function whyNoCargo(): string | undefined {
  const { stdout, error } = spawnSync('cargo', ['--version'], { cwd: NATIVE, encoding: 'utf8' })
  if (error !== undefined) return 'there is no cargo on the PATH'
  const found = /^cargo (\d+)\.(\d+)/.exec(stdout)
  if (found === null) return 'cargo does not run'
  const [major, minor] = leastRust()
  const isEnough = Number(found[1]) > major || Number(found[2]) >= minor
  return isEnough ? undefined : `cargo is older than ${major}.${minor}`
}

/** Runs a command with its output shown. Returns its exit status. */
export function run(command: string, args: readonly string[], folder: string): number {
  const { status, error } = spawnSync(command, args, { cwd: folder, stdio: 'inherit' })
  if (error !== undefined) console.error(`${command}: ${error.message}`)
  return status ?? 1
}

function leastRust(): readonly [major: number, minor: number] {
  const manifest = readFileSync(join(NATIVE, 'Cargo.toml'), 'utf8')
  const found = /^rust-version = "(\d+)\.(\d+)/m.exec(manifest)
  if (found === null) throw new Error('native/Cargo.toml names no rust-version')
  return [Number(found[1]), Number(found[2])]
}
