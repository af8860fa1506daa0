// The guide's application before and after, side by side, with its switches: npm run guide:app.
import { createServer } from 'strata-cache/server'
import { openAppParts } from './app/open-parts.js'
import type { SwitchName } from './app/switches.js'
import { openTracing } from './app/tracing.js'
import { Duel } from './page/duel.js'
import { createPageRoutes } from './page/page-routes.js'
import { type ServeSettings, serveSettingsOf } from './page/settings.js'
import { type Program, runProgram } from './program.js'

async function serve(settings: ServeSettings, program: Program): Promise<void> {
  const { terminal, teardown } = program
  const parts = await openAppParts(settings, program)
  const { databases, redis } = parts
  const idle: Partial<Record<SwitchName, string>> = {}
  if (!databases.unpooled) idle.pool = 'the embedded database has no connections'
  if (!redis) idle.l2 = 'there is no Redis'

  const tracing = openTracing()
  teardown.add(() => tracing.close())
  const duel = new Duel({ ...parts, tracing, database: databases.pooled.name, idle })
  teardown.add(() => duel.close())
  await duel.open()

  // Addressed by these names only: a page of another site that points its own name here is not answered.
  const hosts = ['127.0.0.1', 'localhost']
  const server = createServer({ port: settings.port, hosts, native: false })
  server.route('/', createPageRoutes(duel))
  teardown.add(() => server.close({ timeout: 0 }))
  const { port } = await server.listen()
  terminal.say(`http://127.0.0.1:${port}  the application before and after; Ctrl-C ends`)
  await new Promise<void>((done) => teardown.add(done))
}

const main = (program: Program) =>
  serve(serveSettingsOf(process.argv.slice(2), process.env), program)
await runProgram(main, { interrupted: 0 })
