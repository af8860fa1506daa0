// The race: npm run demo:race [-- --seconds N | --once]. A naive cache beside Strata, over the same rows, in two processes.
import { openRedis } from '../demo/redis-server.js'
import { Teardown } from '../demo/teardown.js'
import { Board } from './board.js'
import { course } from './course.js'
import { Database } from './database.js'
import { killSubscribers } from './kill-subscribers.js'
import { showSecond } from './live.js'
import { runRace } from './race.js'
import { startRacer } from './racer.js'
import { type Settings, settingsOf } from './settings.js'
import { summaryOf } from './summary.js'

const board = new Board()
const teardown = new Teardown()
let ending = false

async function main(settings: Settings): Promise<void> {
  // Never a Redis of yours: the connections of all its subscribers are going to be cut.
  const redis = await openRedis('')
  if (!redis) throw new Error('the race needs a redis-server to start, and none is installed')
  teardown.add(() => redis.close())
  board.say(`Redis      a child process, pid ${redis.pid}, at ${redis.url}`)

  const database = new Database()
  const { load, update } = database
  const calls = { load, update, say: (text: string) => board.say(`Strata     ${text}`) }
  const racers = Array.from({ length: course.processes }, () => startRacer(redis.url, calls))
  teardown.add(() => Promise.all(racers.map((racer) => racer.close())))
  board.say(`processes  pid ${racers.map((racer) => racer.pid).join(', ')}, both with both caches`)
  const failed = Promise.race(racers.map((racer) => racer.failed))
  await Promise.race([Promise.all(racers.map((racer) => racer.calls.open())), failed])

  const standing = await Promise.race([
    runRace({
      settings,
      database,
      racers,
      killSubscribers: () => killSubscribers(redis.url),
      onSecond: (standing) => showSecond(board, settings, standing),
      onEvent: (text) => board.say(`           ${text}`),
    }),
    failed,
  ])
  board.show([])
  board.say(`\n${summaryOf(standing)}`)
}

function end(code: number): void {
  if (ending) return
  ending = true
  void teardown.run().then(() => process.exit(code))
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0))

try {
  await main(settingsOf(process.argv.slice(2)))
  end(0)
} catch (error) {
  // What fails because it was closed under its user's feet is no failure.
  if (!ending) console.error(error instanceof Error ? error.message : error)
  end(1)
}
