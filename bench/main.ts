// npm run bench [-- [case ...] [--quick] [--only contestant ...]]: runs the cases, all or those named, and prints their tables.
// What a full run finds is kept in bench/results and written into the documents; --render writes only what is kept.
import { parseArgs } from 'node:util'
import type { Case } from './case.js'
import { caseNames, loadCase } from './cases.js'
import { conduct } from './conduct.js'
import { openScratch } from './http/scratch.js'
import { revision, underConditions } from './report/conditions.js'
import { renderDocuments } from './report/documents.js'
import { formatPlan } from './report/plan.js'
import { resultOf, type Result } from './report/result.js'
import { keepResult } from './report/results.js'
import { formatText } from './report/text.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    render: { type: 'boolean', default: false },
  },
})
const known = caseNames()
const unknown = positionals.filter((name) => !known.includes(name))
if (unknown.length > 0) {
  console.error(`no case ${unknown.join(', ')}; there are: ${known.join(', ')}`)
  process.exit(2)
}
if (values.render) {
  render()
  process.exit()
}
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))
openScratch()

const cases = await casesToRun()
const contestants = cases.flatMap((benchmark) => benchmark.contestants.map(({ name }) => name))
const nobody = values.only.filter((name) => !contestants.includes(name))
if (nobody.length > 0) {
  console.error(
    `no contestant ${nobody.join(', ')}; there are: ${[...new Set(contestants)].join(', ')}`,
  )
  process.exit(2)
}
const isFull = !values.quick && values.only.length === 0
const built = revision()
if (!isFull) console.log('too short to quote, or a part: nothing of this is kept\n')
for (const [index, benchmark] of cases.entries()) {
  console.error(formatPlan(cases.slice(index).map(({ name }) => name)))
  const { found, conditions } = await underConditions(benchmark, built, () =>
    conduct(benchmark, values.quick, values.only),
  )
  const result = resultOf(benchmark, found, conditions)
  console.log(formatText(result))
  if (isFull) keep(result)
}

/** Into README.md and docs. */
function render(): void {
  for (const name of renderDocuments()) console.error(`written: ${name}`)
}

/** Those named; else all, without those that run only by their name. */
async function casesToRun(): Promise<readonly Case[]> {
  const loaded = await Promise.all((positionals.length > 0 ? positionals : known).map(loadCase))
  return loaded.filter(({ isOnlyByName }) => positionals.length > 0 || isOnlyByName !== true)
}

function keep(result: Result): void {
  const lost = keepResult(result)
  if (lost.length === 0) return render()
  process.exitCode = 1
  console.error(
    `${result.name} is not kept: it has no values of ${lost.join(', ')}. ` +
      `To have it all the same, delete bench/results/${result.name}.json first.\n`,
  )
}
