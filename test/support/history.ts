import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import {
  checkHistory,
  type CheckReport,
  type Fault,
  formatReport,
} from '../../src/checker/index.js'
import type { Write } from '../../src/checker/history.js'
import { judge } from '../../src/checker/judge.js'
import { historyOf } from '../../src/checker/read-journal.js'
import { violationsOf } from '../../src/checker/verdict.js'

/** Milliseconds of traffic. Longer, or the same once more: STRATA_HISTORY_MS=600000 STRATA_HISTORY_SEED=1234. */
export const DURATION: number = Number(process.env['STRATA_HISTORY_MS'] ?? 8_000)
const SEED: number = Number(
  process.env['STRATA_HISTORY_SEED'] ?? Math.floor(Math.random() * 2 ** 31),
)
/** Milliseconds: what Strata promises by default. */
export const MAX_STALENESS = 2_000

export interface StrataCheck {
  readonly name: string
  /** As the driver of Strata takes it. */
  readonly redis: object
  readonly memory: boolean
  readonly faults: readonly Fault[]
  /** Milliseconds of a command. */
  readonly timeout: number
  /** Milliseconds. Default: what is promised, with memory; none without. */
  readonly maxStaleness?: number
  /** Milliseconds. Default `DURATION`. */
  readonly duration?: number
}

/** What writes the contract does not answer for: they count as never acknowledged. */
export type Excuse = (write: Write) => boolean

/**
 * The history of four processes: without memory no read may be stale, with it none beyond the contract. With `excuse` it is
 * judged once more without these acknowledgements.
 */
export async function checkStrata(check: StrataCheck, excuse?: () => Excuse): Promise<CheckReport> {
  const { name, redis, memory, faults, timeout, duration = DURATION } = check
  const directory = mkdtempSync(join(tmpdir(), 'strata-history-'))
  const { maxStaleness = memory ? MAX_STALENESS : 0 } = check
  const title = `${name}, ${memory ? 'with' : 'without'} memory`
  process.stdout.write(`${title}: seed ${SEED}\n`)
  try {
    const report = await checkHistory({
      driver: new URL('../../bench/history/strata.ts', import.meta.url),
      driverOptions: {
        redis,
        memory,
        timeout,
        coherence: { maxStaleness: maxStaleness || MAX_STALENESS },
      },
      name: title,
      processes: 4,
      clients: 6,
      duration,
      seed: SEED,
      maxStaleness,
      faults,
      execArgv: ['--import', 'tsx'],
      directory,
      // what was queued meanwhile is replayed within two seconds
      rest: 4_000,
    })
    const judged = excuse === undefined ? report : judgedAnew(report, directory, excuse())
    process.stdout.write(`${summaryOf(judged)}\n`)
    return judged
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

export function expectKept(report: CheckReport): void {
  expect(report.violations, formatReport(report)).toEqual([])
}

function judgedAnew(report: CheckReport, directory: string, excuse: Excuse): CheckReport {
  const { maxStaleness, processes, keys } = report
  const files = readdirSync(directory).map((file) => ({
    process: /^process-(.*)\.jsonl$/.exec(file)?.[1] ?? '',
    path: join(directory, file),
  }))
  const { writes, reads } = historyOf(files)
  const newest = new Map<string, number>()
  const judged: Write[] = []
  for (const write of writes) {
    for (const [key, version] of write.versions)
      newest.set(key, Math.max(version, newest.get(key) ?? 0))
    judged.push(excuse(write) ? { ...write, ended: undefined, result: 'unknown' } : write)
  }
  const living = new Set(files.map((file) => file.process))
  const judgement = judge({ writes: judged, reads }, { maxStaleness, newest, living })
  const violations = violationsOf(judgement, { maxStaleness, restReads: processes * keys })
  return { ...report, judgement, violations }
}

function summaryOf({ judgement, loads }: CheckReport): string {
  const { reads, failedReads, writes, stale, staleBeyond, oldest, sources } = judgement
  return (
    `  ${reads} reads (${failedReads} failed, ${loads} loads), writes ${JSON.stringify(writes)}, ` +
    `${stale} stale, oldest ${oldest.toFixed(1)} ms, ${staleBeyond} beyond; ${JSON.stringify(sources)}`
  )
}
