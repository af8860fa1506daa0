// The demo: npm run demo [-- --once]. See settings.ts for what can be set.
import { costTable } from './cost-table.js'
import { livePages } from './live.js'
import { measure, type RouteCosts } from './measure.js'
import { freezeRedis } from './outage.js'
import { openParts, type Parts, warm } from './parts.js'
import { startProgress } from './progress.js'
import { Recorder } from './recorder.js'
import { type Settings, settingsOf } from './settings.js'
import type { Source } from './source.js'
import { redisState, statusLine } from './status-line.js'
import { Teardown } from './teardown.js'
import { Terminal } from './terminal.js'
import { startTraffic } from './traffic.js'
import { serveBlog } from './web-server.js'

const perSecond = 200
const terminal = new Terminal()
const teardown = new Teardown()
let endingSince: number | undefined

async function main(settings: Settings): Promise<void> {
  const parts = await openParts(settings, terminal, teardown)
  const bar = startProgress(terminal, 'measuring')
  const costs = await measure(parts, parts.client, bar.update)
  bar.done()
  terminal.say()
  terminal.say(costTable(costs))
  terminal.say()
  if (parts.redisOnly) await warm(parts.redisOnly, settings, terminal)
  await (settings.once ? freezeOnce(settings, parts) : stayUp(settings, parts, costs))
}

async function freezeOnce(
  { rows }: Settings,
  { cache, client, cached, redis }: Parts,
): Promise<void> {
  if (!redis?.pid)
    return terminal.say('Not frozen: only a Redis that the demo has started itself is.')
  const server = await serveBlog(cached)
  teardown.add(() => server.close())
  const onPhase = (name: string) => terminal.status(`${name} ...`)
  const report = await freezeRedis({
    cache,
    client,
    url: server.url,
    posts: rows,
    redisPid: redis.pid,
    onPhase,
  })
  terminal.status('')
  terminal.say(report)
}

async function stayUp(
  settings: Settings,
  parts: Parts,
  costs: readonly RouteCosts[],
): Promise<void> {
  const { cache, client, redis } = parts
  const recorder = new Recorder()
  const pages = livePages({ ...parts, settings, recorder, costs, perSecond })
  const onAnswer = (source: Source, ms: number) => recorder.record(source, ms)
  const server = await serveBlog(parts.cached, { port: settings.port, onAnswer, pages })
  teardown.add(() => server.close())
  const traffic = startTraffic({
    client,
    url: server.url,
    posts: settings.rows,
    perSecond,
    onError: () => {},
  })
  teardown.add(() => traffic.stop())

  terminal.say(`${server.url}  (also /popular, /posts/1, /dashboard, /stats)`)
  terminal.say(`${perSecond} requests a second are sent to it from this process. Ctrl-C ends.`)
  if (redis?.pid)
    terminal.say(
      `Freeze Redis: kill -STOP ${redis.pid}    and let it go on: kill -CONT ${redis.pid}`,
    )
  terminal.say()

  let state = redisState(cache)
  const timer = setInterval(() => {
    recorder.tick()
    if (redis && state !== (state = redisState(cache)))
      terminal.say(`${new Date().toLocaleTimeString('en-GB')}  ${state}`)
    terminal.status(statusLine(cache, recorder))
  }, 1_000)
  teardown.add(() => clearInterval(timer))
  await new Promise<void>((done) => teardown.add(done))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (endingSince === undefined) end(0)
    // An impatient second Ctrl-C. What comes at once after the first is its echo: a terminal tells every process of the
    // command, and npm and tsx pass on what they are told.
    else if (performance.now() - endingSince > 1_000) process.exit(1)
  })
}

function end(code: number): void {
  endingSince = performance.now()
  terminal.status('')
  void teardown.run().then(() => process.exit(code))
}

try {
  await main(settingsOf(process.argv.slice(2), process.env))
  if (endingSince === undefined) end(0)
} catch (error) {
  // What fails because it was closed under its user's feet is no failure.
  if (endingSince === undefined) {
    terminal.status('')
    console.error(error instanceof Error ? error.message : error)
    end(1)
  }
}
