/**
 * Builds the addon into `native/` with its loader and typings, if its sources changed since the last time. Without cargo it
 * says so and leaves it: the TypeScript listener runs instead. `STRATA_REQUIRE_NATIVE=1` makes that a failure,
 * `STRATA_NATIVE=0` builds nothing.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fingerprintOf } from './fingerprint.js'
import { isNativeRequired, NATIVE, REPOSITORY, run, whyNoCargo } from './toolchain.js'

/** Holds the fingerprint of the sources that the addon was built of. */
const STAMP = join(NATIVE, '.built')

const NAPI = join(REPOSITORY, 'node_modules/@napi-rs/cli/dist/cli.js')

/** The loader and the typings are the same on every platform: they are committed, and a test says when they changed. */
const BUILD = [
  'build --platform --release --esm --js index.js --dts index.d.ts --output-dir native',
  '--manifest-path native/Cargo.toml --config-path native/napi.json',
].flatMap((words) => words.split(' '))

process.exitCode = main()

function main(): number {
  if (process.env['STRATA_NATIVE'] === '0' && !isNativeRequired) return without('STRATA_NATIVE=0')
  if (!existsSync(NAPI)) return without('@napi-rs/cli is not installed (npm ci)')
  const fingerprint = fingerprintOf()
  if (isBuiltOf(fingerprint)) return 0
  const missing = whyNoCargo() ?? whyNoCrates()
  if (missing !== undefined) return without(missing)
  rmSync(STAMP, { force: true })
  console.log('Building the native listener (once, and when its sources change)')
  const status = run(process.execPath, [NAPI, ...BUILD], REPOSITORY)
  if (status === 0) writeFileSync(STAMP, fingerprint)
  else console.error('The native listener does not compile. STRATA_NATIVE=0 builds without it.')
  return status
}

/** Crates come from the network the first time: being offline is no reason to fail. */
function whyNoCrates(): string | undefined {
  const status = run('cargo', ['fetch', '--locked', '--quiet'], NATIVE)
  return status === 0 ? undefined : 'cargo cannot fetch the crates it needs'
}

function without(reason: string): number {
  const next = isNativeRequired ? 'and STRATA_REQUIRE_NATIVE=1' : 'the TypeScript listener runs'
  console.log(`No native listener is built: ${reason}; ${next}.`)
  return isNativeRequired ? 1 : 0
}

function isBuiltOf(fingerprint: string): boolean {
  const names = readdirSync(NATIVE)
  const isComplete = names.includes('index.js') && names.includes('index.d.ts')
  const isThere = names.some((name) => name.endsWith('.node'))
  return isComplete && isThere && names.includes('.built') && stampIs(fingerprint)
}

function stampIs(fingerprint: string): boolean {
  return readFileSync(STAMP, 'utf8') === fingerprint
}
