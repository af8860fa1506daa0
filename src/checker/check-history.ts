import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Crew } from './crew.js'
import { Database } from './database.js'
import { FaultSchedule } from './faults.js'
import { judge } from './judge.js'
import type { CheckOptions } from './options.js'
import { historyOf } from './read-journal.js'
import type { CheckReport } from './report.js'
import { type CheckSettings, settingsOf } from './settings.js'
import { now } from './time.js'
import { violationsOf } from './verdict.js'

/**
 * Lets several processes, each with a cache of its own, read and write the same keys, notes every operation, and judges
 * afterwards what each read may have seen. Resolves with what was found, also when the cache broke its contract: look at
 * `violations`. Rejects with `CheckOptionError` for a bad option, and when the check itself cannot go on: a driver that does
 * not load, a process that ends by itself, a fault that throws.
 */
export async function checkHistory(options: CheckOptions): Promise<CheckReport> {
  const settings = settingsOf(options)
  const directory = settings.directory ?? mkdtempSync(join(tmpdir(), 'history-check-'))
  mkdirSync(directory, { recursive: true })
  try {
    return await run(settings, directory)
  } finally {
    if (settings.directory === undefined) rmSync(directory, { recursive: true, force: true })
  }
}

async function run(settings: CheckSettings, directory: string): Promise<CheckReport> {
  const name = Math.random().toString(36).slice(2, 8)
  const database = await Database.start(settings.execArgv)
  const crew = new Crew({ settings, databasePort: database.port, directory, run: name })
  const failure = Promise.race([crew.failure, database.failure])
  const orFail = <T>(step: Promise<T>): Promise<T> => Promise.race([step, failure])
  try {
    await orFail(crew.start())
    const elapsed = await traffic(crew, settings, orFail)
    await sleep(settings.rest)
    await orFail(crew.readAtRest())
    const { loads, newest } = await database.summary()
    await orFail(crew.close())
    const { maxStaleness, processes, keys, tags, seed } = settings
    const facts = { newest: new Map(newest), living: crew.living, maxStaleness }
    const judgement = judge(historyOf(crew.journals), facts)
    const violations = violationsOf(judgement, { maxStaleness, restReads: processes * keys })
    const { killed, longestPause } = crew.tally()
    const told = { name: settings.name, seed, processes, keys, tags, maxStaleness }
    return { ...told, elapsed, loads, killed, longestPause, judgement, violations }
  } finally {
    crew.kill()
    database.close()
  }
}

/** Milliseconds it took. */
async function traffic(
  crew: Crew,
  settings: CheckSettings,
  orFail: <T>(step: Promise<T>) => Promise<T>,
): Promise<number> {
  const { faults, seed, duration, onProgress } = settings
  const begun = now()
  const over = new AbortController()
  crew.begin()
  const schedule = new FaultSchedule(faults, seed, () => crew.workers())
  const timer = setInterval(() => {
    const { reads, writes, killed } = crew.tally()
    onProgress?.({ elapsed: now() - begun, seed, reads, writes, killed })
  }, SECOND)
  const orFault = <T>(step: Promise<T>): Promise<T> =>
    orFail(Promise.race([step, schedule.failure]))
  try {
    await orFault(Promise.race([crew.whenFinished(), wait(duration, over.signal)]))
    await orFault(schedule.end())
    await orFail(crew.finish())
    return now() - begun
  } finally {
    over.abort()
    clearInterval(timer)
    schedule.stop()
  }
}

/** Without an end for Infinity; the signal ends it early. */
async function wait(ms: number, signal: AbortSignal): Promise<void> {
  const time = Math.min(ms, LONGEST_TIMER)
  await sleep(time, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error
  })
}

const SECOND = 1_000
/** Milliseconds: 24 days, what a timer of Node can wait. */
const LONGEST_TIMER = 2 ** 31 - 1
