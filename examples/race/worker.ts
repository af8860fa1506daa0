// One of the processes of the race: forked by racer.ts with the URL of Redis as its argument.
import type { ParentCalls, WorkerCalls } from './calls.js'
import { openChannel } from './channel.js'
import { names } from './contestant.js'
import { Journal } from './journal.js'
import { Naive } from './naive.js'
import { Strata } from './strata.js'
import { Traffic } from './traffic.js'

// A terminal tells every process of the command; the parent ends its workers, and their end is the end of the channel.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit())

const [url = ''] = process.argv.slice(2)
const calls: WorkerCalls = {
  async open() {
    for (const name of names) await contestants[name].open()
  },
  startReading: () => traffic.startReading(),
  stopReading: () => traffic.stopReading(),
  startWriting: () => traffic.startWriting(),
  stopWriting: () => traffic.stopWriting(),
  survey: () => traffic.survey(),
  report: () => journal.take(),
  async close() {
    // What is under way ends as it should: a cache that is closed under its users would fail them.
    await traffic.stopWriting()
    await traffic.stopReading()
    for (const name of names) await contestants[name].close()
  },
}
const parent = openChannel<ParentCalls>(process, { ...calls })
const journal = new Journal()
const contestants = {
  naive: new Naive(url, parent.load),
  Strata: new Strata(url, parent.load, (text) => void parent.say(text)),
}
const traffic = new Traffic({ contestants, update: parent.update, journal })
