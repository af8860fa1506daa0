// The guide's application before and after, side by side, with its switches: npm run guide:app.
import { createServer } from 'strata-cache/server'
import { startProgress } from '../demo/progress.js'
import { openRedis } from '../demo/redis-server.js'
import { Teardown } from '../demo/teardown.js'
import { Terminal } from '../demo/terminal.js'
import type { SwitchName } from './app/switches.js'
import { prepareTables } from './app/tables.js'
import { openTracing } from './app/tracing.js'
import { openUnpooled } from './app/unpooled.js'
import { fill, openDatabase } from './database/open.js'
import { sizesOf } from './database/sizes.js'
import { Duel } from './page/duel.js'
import { createPageRoutes } from './page/page-routes.js'
import { type ServeSettings, serveSettingsOf } from './page/settings.js'

const terminal = new Terminal()
const teardown = new Teardown()
let ending = false

async function main(settings: ServeSettings): Promise<void> {
  const sizes = sizesOf(settings.users)
  terminal.status('opening the database ...')
  const database = await openDatabase(settings, sizes)
  teardown.add(() => database.close())
  terminal.status('')
  terminal.say(`database  ${database.name}, in ${database.place}`)
  const bar = startProgress(terminal, `making ${sizes.users} users, ${sizes.posts} posts`)
  if (await fill(database, sizes, bar.update)) bar.done()
  terminal.status('copying the tables without their indexes ...')
  await prepareTables(database)
  terminal.status('')

  const unpooled = await openUnpooled(settings, sizes)
  if (unpooled) teardown.add(() => unpooled.close())
  const redis = await openRedis(settings.redisUrl)
  if (redis) teardown.add(() => redis.close())
  const idle: Partial<Record<SwitchName, string>> = {}
  if (!unpooled) idle.pool = 'the embedded database has no connections'
  if (!redis) idle.l2 = 'there is no Redis'

  const tracing = openTracing()
  teardown.add(() => tracing.close())
  const duel = new Duel({
    databases: { pooled: database, unpooled },
    redis: redis?.url,
    tracing,
    database: database.name,
    idle,
  })
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

function end(code: number): void {
  if (ending) return
  ending = true
  terminal.status('')
  void teardown.run().then(() => process.exit(code))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))

try {
  await main(serveSettingsOf(process.argv.slice(2), process.env))
} catch (error) {
  // What fails because it was closed under its user's feet is no failure.
  if (!ending) {
    terminal.status('')
    console.error(error instanceof Error ? error.message : error)
  }
  end(1)
}
