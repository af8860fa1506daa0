// npm run bench [-- [case ...] [--quick] [--only contestant ...]]: runs the cases, all or those named, and prints their tables.
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { Case } from './case.js'
import { conduct } from './conduct.js'
import { openScratch } from './http/scratch.js'
import { machineLine } from './machine.js'
import { formatResults } from './table.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
  },
})
const known = readdirSync(new URL('./cases/', import.meta.url)).map((file) =>
  file.replace(/\.ts$/, ''),
)
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`no case ${unknown.join(', ')}; there are: ${known.join(', ')}`)
  process.exit(2)
}
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
openScratch()

console.log(`${machineLine()}${values.quick ? ' | quick: too short to quote' : ''}\n`)
for (const name of positionals.length > 0 ? positionals : known) {
  const { benchmark } = (await import(`./cases/${name}.ts`)) as { readonly benchmark: Case }
  if (benchmark.isOnlyByName === true && !positionals.includes(name)) continue
  console.log(formatResults(benchmark, await conduct(benchmark, values.quick, values.only)))
}
