/**
 * `npm run fuzz`: runs each fuzz target of `native/fuzz` for a while, 60 s by default. `npm run fuzz -- head 600` runs one,
 * for ten minutes. Needs cargo-fuzz (`cargo install cargo-fuzz`).
 */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { NATIVE, run } from './toolchain.js'

const FUZZ = join(NATIVE, 'fuzz')
const targets = readdirSync(join(FUZZ, 'fuzz_targets')).map((file) => file.replace(/\.rs$/, ''))
const [only, seconds = '60'] = process.argv.slice(2)

if (only !== undefined && !targets.includes(only)) {
  console.error(`fuzz: ${only} is none of ${targets.join(', ')}`)
  process.exitCode = 1
} else process.exitCode = only === undefined ? fuzzAll() : fuzz(only)

/** Ends at the first that finds something. */
function fuzzAll(): number {
  for (const target of targets) {
    const status = fuzz(target)
    if (status !== 0) return status
  }
  return 0
}

function fuzz(target: string): number {
  console.log(`${target}, ${seconds} s`)
  // sanitizers are a matter of nightly compilers; the flag lets a stable one build them
  process.env['RUSTC_BOOTSTRAP'] = '1'
  return run('cargo', ['fuzz', 'run', target, '--', `-max_total_time=${seconds}`], FUZZ)
}
