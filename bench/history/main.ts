// npm run check:history -- --driver ./bench/history/strata.ts [--processes 4] [--operations 1000000] ...: checks a cache for
// long, without and with memory in the processes, on a redis-server of its own (or --redis URL), and prints what it found.
import { basename, extname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import {
  checkHistory,
  formatReport,
  type CheckOptions,
  type CheckReport,
  type Fault,
} from '../../src/checker/index.js'
import { startRedis } from '../redis-server.js'

const number = { type: 'string' } as const
const { values } = parseArgs({
  options: {
    driver: { type: 'string', default: './bench/history/strata.ts' },
    processes: number,
    clients: number,
    operations: number,
    /** Milliseconds. */
    duration: number,
    keys: number,
    tags: number,
    seed: number,
    'write-share': number,
    /** Milliseconds that a cache with memory may be stale. */
    'max-staleness': { ...number, default: '2000' },
    /** SIGKILL, or SIGSTOP for a while, of some worker, every so many milliseconds. */
    torment: number,
    /** Only with (true) or only without (false). */
    memory: { type: 'string' },
    redis: { type: 'string' },
    /** Keeps the journals there. */
    directory: { type: 'string' },
  },
})
const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 32))

/** The options that were given a number. */
function numbers(): Partial<CheckOptions> {
  const { processes, clients, operations, duration, keys, tags } = values
  const given = { processes, clients, operations, duration, keys, tags }
  const named = Object.entries({ ...given, writeShare: values['write-share'] })
  return Object.fromEntries(
    named.flatMap(([name, text]) => (text === undefined ? [] : [[name, Number(text)]])),
  )
}

async function check(memory: boolean, redis: string): Promise<CheckReport> {
  const name = `${basename(values.driver, extname(values.driver))}, ${memory ? 'with' : 'without'} memory`
  return await checkHistory({
    ...numbers(),
    seed,
    name,
    driver: values.driver,
    driverOptions: { redis, memory },
    maxStaleness: memory ? Number(values['max-staleness']) : 0,
    faults: values.torment === undefined ? [] : [tormentEvery(Number(values.torment))],
    ...(values.directory && { directory: join(values.directory, memory ? 'with' : 'without') }),
    onProgress: ({ elapsed, reads, writes, killed }) => {
      const seconds = Math.round(elapsed / 1_000)
      console.error(`${name}: ${seconds} s, ${reads} reads, ${writes} writes, ${killed} killed`)
    },
  })
}

function tormentEvery(every: number): Fault {
  return {
    every,
    do: async ({ pick, random, sleep }) => {
      const worker = pick()
      if (random() < 0.5) return await worker.kill()
      worker.stop()
      await sleep(random() * 4_000)
      worker.cont()
    },
  }
}

/** Without memory, then with it. */
async function modes(): Promise<readonly boolean[]> {
  if (values.memory !== undefined) return [values.memory === 'true']
  const driver = (await import(pathToFileURL(values.driver).href)) as { hasMemory?: boolean }
  return driver.hasMemory === false ? [false] : [false, true]
}

const server = values.redis === undefined ? await startRedis() : undefined
const redis = values.redis ?? `redis://127.0.0.1:${server?.port}`
const reports: CheckReport[] = []
console.error(`seed ${seed}`)
for (const memory of await modes()) reports.push(await check(memory, redis))
console.log(formatReport(...reports))
server?.stop()
process.exitCode = reports.some(({ violations }) => violations.length > 0) ? 1 : 0
