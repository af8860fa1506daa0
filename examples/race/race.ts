import { setTimeout as sleep } from 'node:timers/promises'
import { names } from './contestant.js'
import { course } from './course.js'
import type { Database } from './database.js'
import { byName } from './journal.js'
import { Judge } from './judge.js'
import type { Racer } from './racer.js'
import type { Settings } from './settings.js'
import type { Standing } from './standing.js'

export interface RaceOptions {
  readonly settings: Settings
  readonly database: Database
  readonly racers: readonly Racer[]
  readonly killSubscribers: () => Promise<number>
  readonly onSecond: (standing: Standing) => void
  readonly onEvent: (text: string) => void
}

/** When in a round the connections are cut: so early that by the rest `maxStaleness` has passed in any case. */
const killAfter = 0.4

/** Rounds of writing and rest while the readers never stop; judged once a second. */
export async function runRace(options: RaceOptions): Promise<Standing> {
  const { settings, racers } = options
  const judges = byName(() => new Judge())
  const wrongAtRest = byName((): number[] => [])
  const startedAt = performance.now()
  const standing = (): Standing => ({
    elapsed: (performance.now() - startedAt) / 1000,
    writes: options.database.updates,
    verdicts: byName((name) => judges[name].verdict),
    wrongAtRest,
  })
  const until = (second: number) => sleep(startedAt + second * 1000 - performance.now())

  async function judge(): Promise<void> {
    const reports = await Promise.all(racers.map((racer) => racer.calls.report()))
    const known = Math.min(...reports.map((report) => report.until))
    for (const name of names) {
      reports.forEach((report, process) => judges[name].hear(process, report.caches[name]))
      judges[name].judge(known)
    }
  }

  async function rest(): Promise<void> {
    await Promise.all(racers.map((racer) => racer.calls.stopWriting()))
    await sleep(course.settle)
    const wrong = await wrongRows(options)
    for (const name of names) wrongAtRest[name].push(wrong[name])
    const counts = names.map((name) => `${name} ${wrong[name]}`).join(', ')
    options.onEvent(`at rest: rows of ${course.rows} that are wrong: ${counts}`)
  }

  async function round(number: number): Promise<void> {
    const length = settings.seconds / settings.rounds
    const begin = number * length
    await Promise.all(racers.map((racer) => racer.calls.startWriting()))
    if (number === Math.floor(settings.rounds / 2)) {
      await until(begin + killAfter * length)
      const killed = await options.killSubscribers()
      options.onEvent(`CLIENT KILL TYPE pubsub: ${killed} connections cut, back by themselves`)
    }
    await until(begin + length - 1)
    await rest()
    await until(begin + length)
  }

  await Promise.all(racers.map((racer) => racer.calls.startReading()))
  const seconds = everySecond(() => judge().then(() => options.onSecond(standing())))
  for (let number = 0; number < settings.rounds; number++) await round(number)
  await seconds.stop()
  await Promise.all(racers.map((racer) => racer.calls.stopReading()))
  await judge()
  return standing()
}

/** By cache: the rows of which some process has a version that is not the database's. */
async function wrongRows({ racers, database }: RaceOptions) {
  const surveys = await Promise.all(racers.map((racer) => racer.calls.survey()))
  const rows = Array.from({ length: course.rows }, (_, i) => i + 1)
  return byName((name) => {
    const isWrong = (row: number) =>
      surveys.some((survey) => survey[name][row] !== database.versionOf(row))
    return rows.filter(isWrong).length
  })
}

/** One after the other, however long one takes. */
function everySecond(step: () => Promise<void>) {
  let running = Promise.resolve()
  const timer = setInterval(() => (running = running.then(step)), 1_000)
  return {
    stop(): Promise<void> {
      clearInterval(timer)
      return running
    },
  }
}
