// The guide's claims, measured: npm run guide [-- ROW... --quick --out FILE]. See settings.ts for what can be set.
import { startProgress } from '../demo/progress.js'
import { Teardown } from '../demo/teardown.js'
import { Terminal } from '../demo/terminal.js'
import { createIndexes } from './database/indexes.js'
import { cacheOpener } from './open-cache.js'
import { openParts } from './parts.js'
import { linesOf, type Outcome } from './report/format.js'
import type { Row } from './row.js'
import { rows } from './rows/all.js'
import { type Settings, settingsOf } from './settings.js'

const terminal = new Terminal()
const teardown = new Teardown()
let ending = false

async function main(settings: Settings): Promise<void> {
  const parts = await openParts(settings, terminal, teardown)
  const chosen = rows.filter(
    ({ name }) => settings.rows.length === 0 || settings.rows.includes(name),
  )
  const outcomes: Outcome[] = []
  for (const [i, row] of chosen.entries()) {
    outcomes.push(await run(row, `${row.name} (${i + 1} of ${chosen.length})`, parts))
  }
  terminal.say()
  for (const outcome of outcomes) terminal.say(`${linesOf(outcome).join('\n')}\n`)
}

type OpenedParts = Awaited<ReturnType<typeof openParts>>

async function run(row: Row, title: string, parts: OpenedParts): Promise<Outcome> {
  await createIndexes(parts.database)
  const bar = startProgress(terminal, title)
  const caches = new Teardown()
  teardown.add(() => caches.run())
  const result = await row.run({ ...parts, openCache: cacheOpener(caches) }, bar.update)
  await caches.run()
  bar.done()
  return { row, result }
}

function end(code: number): void {
  if (ending) return
  ending = true
  terminal.status('')
  void teardown.run().then(() => process.exit(code))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(130))

try {
  const names = rows.map(({ name }) => name)
  await main(settingsOf(process.argv.slice(2), process.env, names))
  end(0)
} catch (error) {
  // What fails because it was closed under its user's feet is no failure.
  if (!ending) {
    terminal.status('')
    console.error(error instanceof Error ? error.message : error)
  }
  end(1)
}
