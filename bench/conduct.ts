import { fileURLToPath } from 'node:url'
import type { Case, Sample } from './case.js'
import type { Assignment } from './contestant.js'
import { interleave } from './measure.js'
import { startRedis, type RedisServer } from './redis-server.js'
import { startWorker, type Worker } from './worker.js'

/** What came of one contestant: a sample for each measured round, or why there are none. */
export interface Row {
  readonly name: string
  readonly samples: Sample[]
  error?: string
}

const NO_REDIS: RedisServer = { pid: 0, port: 0, stop: () => undefined }

/** Runs a case, with all contestants or those named. One that fails is a row with its error; the others go on. */
export async function conduct(
  benchmark: Case,
  quick: boolean,
  only: readonly string[],
): Promise<readonly Row[]> {
  const rows = benchmark.contestants
    .filter(({ name }) => only.length === 0 || only.includes(name))
    .map(({ name }): Row => ({ name, samples: [] }))
  if (benchmark.sequential === true) {
    for (const row of rows) await conductRows(benchmark, [row], quick)
  } else {
    await conductRows(benchmark, rows, quick)
  }
  return rows
}

async function conductRows(benchmark: Case, rows: readonly Row[], quick: boolean): Promise<void> {
  const redis = benchmark.redis === undefined ? NO_REDIS : await startRedis()
  const workers = new Map<Row, Worker>()
  const { full, quick: few, warmups } = benchmark.rounds
  try {
    for (const row of rows) {
      await orError(row, async () => {
        workers.set(
          row,
          await start(benchmark, row, { quick, port: redis.port, redisPid: redis.pid }),
        )
      })
    }
    await interleave(rows, (quick ? few : full) + warmups, async (row, round) => {
      if (row.error !== undefined) return
      await orError(row, async () => {
        const sample = await workers.get(row)?.round()
        if (sample !== undefined && round >= warmups) row.samples.push(sample)
      })
    })
  } finally {
    for (const worker of workers.values()) await worker.stop()
    redis.stop()
  }
}

function start(benchmark: Case, row: Row, environment: Assignment['environment']): Promise<Worker> {
  const file = fileURLToPath(new URL(`./cases/${benchmark.name}.ts`, import.meta.url))
  const assignment = { file, contestant: row.name, environment }
  return startWorker(assignment, benchmark.nodeFlags ?? [], benchmark.timeout ?? 120_000)
}

async function orError(row: Row, run: () => Promise<void>): Promise<void> {
  try {
    await run()
  } catch (error) {
    row.error = error instanceof Error ? error.message : String(error)
  }
}
