// One process with a cache of its own, told what to do by its parent. The other half: crew.ts.
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Assignment, Order, WorkerReport } from './assignment.js'
import { DatabaseClient } from './database-client.js'
import type { Driver, DriverFactory } from './driver.js'
import { Journal } from './journal.js'
import { timed } from './timed.js'
import { Worker } from './worker.js'

const PROGRESS = 250

const assignment = JSON.parse(process.argv[2] ?? '{}') as Assignment
const delay = monitorEventLoopDelay({ resolution: 10 })

function report(message: WorkerReport): void {
  if (process.connected) process.send?.(message)
}

async function openDriver(): Promise<Driver> {
  const { driver: url, driverOptions: options } = assignment
  const module = (await import(url)) as { readonly createDriver?: DriverFactory }
  if (typeof module.createDriver !== 'function') {
    throw new TypeError(`${url} does not export a function createDriver`)
  }
  return await module.createDriver({ process: assignment.process, options })
}

async function start(): Promise<void> {
  const driver = await openDriver()
  const database = await DatabaseClient.connect(assignment.databasePort)
  const journal = new Journal(assignment.journal)
  const worker = new Worker(assignment, { driver, database, journal })
  const tell = (): void => {
    const longestPause = delay.count === 0 ? 0 : delay.max / 1e6
    report({ kind: 'progress', reads: worker.reads, writes: worker.writes, longestPause })
  }
  const orders: Record<Order, () => Promise<void>> = {
    begin: async () => {
      delay.enable()
      const timer = setInterval(tell, PROGRESS)
      await worker.run()
      clearInterval(timer)
      delay.disable()
      tell()
      report({ kind: 'finished' })
    },
    finish: async () => worker.finish(),
    'read-at-rest': async () => {
      await worker.readAtRest()
      report({ kind: 'rested' })
    },
    close: async () => {
      // how it closes is not judged, and must not lose what is
      await timed(() => driver.close(), assignment.operationTimeout)
      database.close()
      journal.close()
      report({ kind: 'closed' })
      process.disconnect()
    },
  }
  process.on('message', (order: Order) => {
    orders[order]().catch(fail)
  })
  report({ kind: 'ready' })
}

function fail(error: unknown): void {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
  report({ kind: 'failed', message })
}

process.on('disconnect', () => {
  // a driver that keeps something open must not outlive the run
  setTimeout(() => process.exit(), 1_000).unref()
})
await start().catch(fail)
