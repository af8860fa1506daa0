// One composition of the guide's application: under load, for a profiler, or one request with its spans.
//   npx tsx examples/guide/one.ts index,batch [--seconds 10]
//   npx tsx examples/guide/one.ts index,batch --spans
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { formatDuration } from '../demo/quantile.js'
import { openRedis } from '../demo/redis-server.js'
import { Teardown } from '../demo/teardown.js'
import { dashboards } from './app/dashboards.js'
import { tailOf } from './app/load-text.js'
import { type App, type AppOptions, openApp } from './app/open-app.js'
import { spanTree } from './app/span-tree.js'
import { parseSwitches } from './app/switches.js'
import { prepareTables } from './app/tables.js'
import { openTracing } from './app/tracing.js'
import { openUnpooled } from './app/unpooled.js'
import { fill, openDatabase } from './database/open.js'
import { sizesOf } from './database/sizes.js'
import { startLoadGenerator } from './load/load.js'
import { serveSettingsOf } from './page/settings.js'

const teardown = new Teardown()
const connections = 4

async function main([names = 'none', ...rest]: readonly string[]): Promise<void> {
  const switches = parseSwitches(names)
  const seconds = secondsOf(rest)
  const options = { ...(await openParts()), switches }
  if (seconds === undefined) await showSpans(options)
  else await load(options, seconds)
}

async function openParts(): Promise<Omit<AppOptions, 'switches'>> {
  const settings = serveSettingsOf([], process.env)
  const sizes = sizesOf(settings.users)
  const database = await openDatabase(settings, sizes)
  teardown.add(() => database.close())
  await fill(database, sizes, () => {})
  await prepareTables(database)
  const unpooled = await openUnpooled(settings, sizes)
  if (unpooled) teardown.add(() => unpooled.close())
  const redis = await openRedis(settings.redisUrl)
  if (redis) teardown.add(() => redis.close())
  const namespace = `guide-one-${process.pid}`
  return { databases: { pooled: database, unpooled }, redis: redis?.url, namespace }
}

async function load(options: AppOptions, seconds: number): Promise<void> {
  const app = await openedApp(options)
  const asker = startLoadGenerator()
  teardown.add(() => asker.close())
  const ask = { url: app.url, paths: dashboards, connections }
  const result = await asker.run({ ...ask, ms: 1_000 * seconds })
  console.log(`p50 ${formatDuration(result.p50)}, ${tailOf(result)}`)
}

async function showSpans(options: AppOptions): Promise<void> {
  const spans = new InMemorySpanExporter()
  const tracing = openTracing([new SimpleSpanProcessor(spans)])
  teardown.add(() => tracing.close())
  const { url } = await openedApp({ ...options, tracing })
  for (let n = 0; n < 5; n++) {
    spans.reset()
    const response = await fetch(url + dashboards[0])
    await response.arrayBuffer()
    if (n < 4) continue
    console.log(`Server-Timing: ${response.headers.get('server-timing')}\n`)
    console.log(spanTree(spans.getFinishedSpans()))
  }
}

async function openedApp(options: AppOptions): Promise<App> {
  const app = await openApp(options)
  teardown.add(() => app.clear().then(() => app.close()))
  return app
}

/** Undefined: spans instead of load. */
function secondsOf(argv: readonly string[]): number | undefined {
  const [option, value, ...more] = argv
  if (option === '--spans' && value === undefined) return undefined
  const seconds = option === undefined ? 10 : Number(value)
  if ((option === undefined || option === '--seconds') && seconds > 0 && more.length === 0) {
    return seconds
  }
  throw new Error(`expected --spans, or --seconds and a number, not ${argv.join(' ')}`)
}

let code = 0
try {
  await main(process.argv.slice(2))
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  code = 1
}
await teardown.run()
process.exit(code)
