import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import {
  checkHistory,
  type CheckOptions,
  type CheckReport,
  historyOf,
  type Progress,
} from '../../../src/checker/index.js'

const direct = new URL('./fixtures/direct.ts', import.meta.url)

function check(options: Partial<CheckOptions>): Promise<CheckReport> {
  return checkHistory({
    driver: direct,
    processes: 2,
    duration: 800,
    rest: 50,
    writeShare: 0.2,
    database: { maxLatency: 5 },
    execArgv: ['--import', 'tsx'],
    ...options,
  })
}

describe('a check', () => {
  it('finds nothing where there is no cache, and tells what it saw', async () => {
    const heard: Progress[] = []
    const report = await check({ duration: 1_500, seed: 5, onProgress: (told) => heard.push(told) })
    expect(report).toMatchObject({ name: 'direct', seed: 5, processes: 2, violations: [] })
    expect(report.judgement.reads).toBeGreaterThan(100)
    expect(report.judgement.writes.applied).toBeGreaterThan(20)
    expect(report.judgement.rest).toEqual({ reads: 40, failed: 0, stale: 0 })
    expect(report.judgement.sources).toEqual({ load: report.judgement.reads + 40 })
    expect(report.loads).toBe(report.judgement.reads + 40)
    expect(report.elapsed).toBeGreaterThanOrEqual(1_500)
    expect(heard[0]?.reads).toBeGreaterThan(0)
  })

  it('ends after its operations', async () => {
    const { judgement } = await check({ operations: 333, duration: 60_000 })
    const { applied, queued, failed, unknown } = judgement.writes
    expect(judgement.reads + applied + queued + failed + unknown).toBe(333)
  })

  it('finds a memory that hears of nothing stale beyond every bound, and wrong at rest', async () => {
    const { violations } = await check({ driverOptions: { keep: true }, maxStaleness: 100 })
    expect(violations.map(({ rule }) => rule)).toEqual(['own-process', 'beyond', 'at-rest'])
  })

  it('finds values of another key', async () => {
    const { violations } = await check({ driverOptions: { confuse: true } })
    expect(violations.map(({ rule }) => rule)).toContain('foreign')
  })

  it('counts writes that are queued or fail as not acknowledged', async () => {
    const { judgement } = await check({ driverOptions: { queue: true, fail: true } })
    expect(judgement.writes.queued).toBeGreaterThan(0)
    expect(judgement.writes.failed).toBeGreaterThan(0)
  })

  it('gives up reads that do not end, and says that they are missing at rest', async () => {
    const { judgement, violations } = await check({
      driverOptions: { hang: true },
      operationTimeout: 100,
    })
    expect(judgement.failedReads).toBeGreaterThan(0)
    expect(violations).toEqual([
      { rule: 'unchecked', count: 2, message: '2 reads at rest are missing (2 failed)' },
    ])
  })
})

describe('a check that cannot go on rejects', () => {
  it.each<[title: string, options: Partial<CheckOptions>, message: string]>([
    ['a driver that is not there', { driver: './absent.js' }, 'absent.js'],
    [
      'a module without a driver',
      { driver: new URL('./fixtures/nothing.ts', import.meta.url) },
      'does not export a function createDriver',
    ],
    [
      'a driver that does not open',
      { driverOptions: { refuse: true } },
      'this driver does not open',
    ],
    [
      'a process that ends by itself',
      { driverOptions: { leave: true } },
      'process 1 ended (code 3)',
    ],
    [
      'a fault that throws',
      { faults: [{ at: 50, do: () => Promise.reject(new Error('no such server')) }] },
      'a fault of the check threw',
    ],
  ])('%s', async (_, options, message) => {
    await expect(check(options)).rejects.toThrow(message)
  })
})

describe('faults', () => {
  it('kill workers, which are replaced', async () => {
    const { killed, judgement, violations } = await check({
      duration: 3_000,
      faults: [{ every: 400, do: async ({ pick }) => await pick().kill() }],
    })
    expect(killed).toBeGreaterThan(1)
    expect(violations).toEqual([])
    expect(judgement.rest.reads).toBe(40)
  })

  it('may kill from outside, and the same twice', async () => {
    const { killed, violations } = await check({
      duration: 2_500,
      faults: [
        {
          at: 100,
          do: async ({ workers, sleep }) => {
            const [first] = workers()
            process.kill(first?.pid ?? 0, 'SIGKILL')
            while (workers()[0]?.pid === first?.pid) await sleep(5)
            await workers()[0]?.kill()
          },
        },
      ],
    })
    expect(killed).toBe(2)
    expect(violations).toEqual([])
  })

  it('stop workers; who is still stopped at the end goes on', async () => {
    const { longestPause, violations } = await check({
      duration: 1_200,
      faults: [{ at: 100, do: ({ workers }) => workers()[0]?.stop() }],
    })
    expect(longestPause).toBeGreaterThan(900)
    expect(violations).toEqual([])
  })

  it('end with the traffic, and not before they are done', async () => {
    let isDone = false
    const { elapsed } = await check({
      faults: [
        {
          at: 100,
          do: async (context) => {
            await context.sleep(60_000)
            await sleep(100)
            isDone = context.signal.aborted
          },
        },
      ],
    })
    expect(isDone).toBe(true)
    expect(elapsed).toBeLessThan(10_000)
  })
})

describe('the journals of a check', () => {
  let folder: string

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'strata-history-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('stay where it is told, and are the same operations for the same seed', async () => {
    const runs = []
    for (const name of ['a', 'b']) {
      const directory = join(folder, name)
      const options = { seed: 9, processes: 2, clients: 1, operations: 200, duration: 60_000 }
      await check({ directory, ...options })
      expect(readdirSync(directory).toSorted()).toEqual(['process-0.jsonl', 'process-1.jsonl'])
      runs.push([0, 1].map((process) => operationsOf(join(directory, `process-${process}.jsonl`))))
    }
    expect(runs[0]).toEqual(runs[1])
    expect(runs[0]?.[0]).not.toEqual(runs[0]?.[1])
  })

  /** In the order they began, without the part of the names that is of the run. */
  function operationsOf(path: string): string[] {
    const { reads, writes } = historyOf([{ process: '0', path }])
    const all = [
      ...[...reads]
        .filter(({ atRest }) => atRest !== true)
        .map(({ begun, key }) => ({ begun, text: `read ${key}` })),
      ...[...writes].map(({ begun, kind, versions }) => ({
        begun,
        text: `${kind} ${versions.map(([key]) => key).join(' ')}`,
      })),
    ]
    return all.sort((a, b) => a.begun - b.begun).map(({ text }) => text.replaceAll(/-\w+/g, ''))
  }
})
