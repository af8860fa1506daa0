// One composition of the guide's application: under load, for a profiler, or one request with its spans.
//   npx tsx examples/guide/one.ts index,batch [--seconds 10]
//   npx tsx examples/guide/one.ts index,batch --spans
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { formatDuration } from '../demo/quantile.js'
import type { Teardown } from '../demo/teardown.js'
import { Terminal } from '../demo/terminal.js'
import { dashboards } from './app/dashboards.js'
import { tailOf } from './app/load-text.js'
import { type App, type AppOptions, openApp } from './app/open-app.js'
import { openAppParts } from './app/open-parts.js'
import { spanTree } from './app/span-tree.js'
import { parseSwitches } from './app/switches.js'
import { openTracing } from './app/tracing.js'
import { startLoadGenerator } from './load/load.js'
import { serveSettingsOf } from './page/settings.js'
import { type Program, runProgram } from './program.js'

const connections = 4

async function main(program: Program): Promise<void> {
  const [names = 'none', ...rest] = process.argv.slice(2)
  const switches = parseSwitches(names)
  const seconds = secondsOf(rest)
  const parts = await openAppParts(serveSettingsOf([], process.env), program)
  const options = { ...parts, switches, namespace: `guide-one-${process.pid}` }
  if (seconds === undefined) await showSpans(options, program)
  else await load(options, seconds, program)
}

async function load(options: AppOptions, seconds: number, { teardown }: Program): Promise<void> {
  const app = await openedApp(options, teardown)
  const asker = startLoadGenerator()
  teardown.add(() => asker.close())
  const ask = { url: app.url, paths: dashboards, connections }
  const result = await asker.run({ ...ask, ms: 1_000 * seconds })
  console.log(`p50 ${formatDuration(result.p50)}, ${tailOf(result)}`)
}

async function showSpans(options: AppOptions, { teardown }: Program): Promise<void> {
  const spans = new InMemorySpanExporter()
  const tracing = openTracing([new SimpleSpanProcessor(spans)])
  teardown.add(() => tracing.close())
  const { url } = await openedApp({ ...options, tracing }, teardown)
  for (let n = 0; n < 5; n++) {
    spans.reset()
    const response = await fetch(url + dashboards[0])
    await response.arrayBuffer()
    if (n < 4) continue
    console.log(`Server-Timing: ${response.headers.get('server-timing')}\n`)
    console.log(spanTree(spans.getFinishedSpans()))
  }
}

async function openedApp(options: AppOptions, teardown: Teardown): Promise<App> {
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

// What it finds is all that standard output has: the rest goes beside it.
await runProgram(main, { terminal: new Terminal(process.stderr) })
