// npm run check:history -- --driver ./bench/history/strata.ts [--processes 4] [--operations 1000000] ...: checks a cache for
// long, without and with memory in the processes, on a redis-server of its own (or --redis URL), and prints what it found.
import { parseArgs } from 'node:util'
import {
  checkHistory,
  type CheckOptions,
  type CheckReport,
  formatReport,
} from '../../src/checker/index.js'
import { startRedis } from '../redis-server.js'

const NUMBERS = ['processes', 'clients', 'operations', 'keys', 'tags', 'seed', 'rest'] as const
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
    rest: number,
    /** Milliseconds that a cache with memory may be stale. */
    'max-staleness': { type: 'string', default: '2000' },
    'write-share': number,
    memory: { type: 'string', default: 'both' },
    redis: { type: 'string' },
    directory: { type: 'string' },
    /** SIGKILL and SIGSTOP of workers, every so many milliseconds. */
    torment: number,
  },
})

function numbers(): Partial<CheckOptions> {
  const given = NUMBERS.flatMap((name) =>
    values[name] === undefined ? [] : [[name, Number(values[name])]],
  )
  return {
    ...(Object.fromEntries(given) as Partial<CheckOptions>),
    ...(values.duration === undefined ? {} : { duration: Number(values.duration) }),
    ...(values['write-share'] === undefined ? {} : { writeShare: Number(values['write-share']) }),
  }
}

async function check(memory: boolean, redis: string): Promise<CheckReport> {
  const name = `${(values.driver.split('/').pop() ?? '').replace(/\.\w+$/, '')}, ${memory ? 'with memory' : 'without memory'}`
  const report = await checkHistory({
    ...numbers(),
    driver: values.driver,
    driverOptions: { redis, memory },
    name,
    maxStaleness: memory ? Number(values['max-staleness']) : 0,
    faults: values.torment === undefined ? [] : [tormentEvery(Number(values.torment))],
    execArgv: process.execArgv,
    ...(values.directory === undefined ? {} : { directory: values.directory }),
    onProgress: ({ elapsed, reads, writes, killed }) => {
      console.error(
        `${name}: ${Math.round(elapsed / 1_000)} s, ${reads} reads, ${writes} writes, ${killed} killed`,
      )
    },
  })
  return report
}

function tormentEvery(every: number): NonNullable<CheckOptions['faults']>[number] {
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

const server = values.redis === undefined ? await startRedis() : undefined
const redis = values.redis ?? `redis://127.0.0.1:${server?.port}`
const reports: CheckReport[] = []
for (const memory of [false, true]) {
  if (values.memory === 'both' || values.memory === String(memory))
    reports.push(await check(memory, redis))
}
console.log(formatReport(...reports))
server?.stop()
process.exitCode = reports.some(({ violations }) => violations.length > 0) ? 1 : 0
