// The guide's claims, measured: npm run guide [-- ROW... --quick --out FILE]. See settings.ts for what can be set.
import { startProgress } from '../demo/progress.js'
import { Teardown } from '../demo/teardown.js'
import { createIndexes } from './database/indexes.js'
import { cacheOpener } from './open-cache.js'
import { openParts } from './parts.js'
import { type Program, runProgram } from './program.js'
import { linesOf } from './report/lines.js'
import { machineLine } from './report/machine.js'
import type { Outcome } from './report/outcome.js'
import { writeReport } from './report/write.js'
import type { Row } from './row.js'
import { rows } from './rows/all.js'
import { type Settings, settingsOf } from './settings.js'

async function main(settings: Settings, program: Program): Promise<void> {
  const { terminal } = program
  const parts = await openParts(settings, program)
  const chosen = rows.filter(
    ({ name }) => settings.rows.length === 0 || settings.rows.includes(name),
  )
  const outcomes: Outcome[] = []
  for (const [i, row] of chosen.entries()) {
    outcomes.push(await run(row, `${row.name} (${i + 1} of ${chosen.length})`, parts, program))
  }
  terminal.say()
  for (const outcome of outcomes) terminal.say(`${linesOf(outcome).join('\n')}\n`)
  if (settings.out === undefined) return
  await writeReport(settings.out, {
    outcomes,
    machine: await machineLine(parts),
    command: settings.command,
    date: new Date().toISOString().slice(0, 10),
    setUp: setUpOf(parts),
  })
  terminal.say(`written to ${settings.out}`)
}

function setUpOf({ sizes, links }: OpenedParts): string[] {
  const { users, posts, comments } = sizes
  const counts = [users, posts, comments].map((count) => count.toLocaleString('en-US'))
  const trips = links.map(({ when, roundTrip }) => `${roundTrip.toFixed(2)} ms ${when}`)
  return [
    `The database holds ${counts[0]} users with a text of 1 kB each, ${counts[1]} posts and ${counts[2]} comments. They are made from the numbers of their rows, so that everybody has the same.`,
    `The smallest query (\`select 1\`) took ${trips.join(', ')}.`,
  ]
}

type OpenedParts = Awaited<ReturnType<typeof openParts>>

async function run(
  row: Row,
  title: string,
  parts: OpenedParts,
  { terminal, teardown }: Program,
): Promise<Outcome> {
  await createIndexes(parts.database)
  const bar = startProgress(terminal, title)
  const caches = new Teardown()
  teardown.add(() => caches.run())
  const result = await row.run({ ...parts, openCache: cacheOpener(caches) }, bar.update)
  await caches.run()
  bar.done()
  return { row, result }
}

const names = rows.map(({ name }) => name)
await runProgram((program) => main(settingsOf(process.argv.slice(2), process.env, names), program))
