import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import {
  checkHistory,
  type CheckReport,
  type Fault,
  formatReport,
} from '../../../src/checker/index.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

/** Longer, or the same once more: STRATA_HISTORY_MS=600000 STRATA_HISTORY_SEED=1234. */
const DURATION = Number(process.env['STRATA_HISTORY_MS'] ?? 4_000)
const SEED = Number(process.env['STRATA_HISTORY_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
/** Milliseconds: what Strata promises by default. */
const MAX_STALENESS = 2_000

vi.setConfig({ testTimeout: 60_000 + 2 * DURATION })

describeRedis('histories of four processes', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())

  /** What a cache promises without memory in its processes, and with it. */
  async function check(
    name: string,
    memory: boolean,
    faults: readonly Fault[] = [],
  ): Promise<CheckReport> {
    return await checkHistory({
      driver: new URL(`../../../bench/history/${name}.ts`, import.meta.url),
      // commands of Redis time out only where something goes wrong
      driverOptions: { redis: server.url, memory, timeout: faults.length > 0 ? '100ms' : '5s' },
      processes: 4,
      duration: DURATION,
      seed: SEED,
      maxStaleness: memory ? MAX_STALENESS : 0,
      execArgv: ['--import', 'tsx'],
      faults,
      // what was queued meanwhile is replayed within two seconds
      rest: faults.length > 0 ? 3_000 : 1_000,
    })
  }

  const workers: Fault = {
    every: 600,
    do: async ({ pick, random, sleep }) => {
      const worker = pick()
      if (random() < 0.5) return await worker.kill()
      worker.stop()
      await sleep(random() * 1.5 * MAX_STALENESS)
      worker.cont()
    },
  }
  const redis: Fault = {
    every: 700,
    do: async ({ random }) => {
      const roll = random()
      if (roll < 0.4) await server.cli('CLIENT', 'KILL', 'TYPE', 'normal')
      else if (roll < 0.6) await server.cli('CLIENT', 'KILL', 'TYPE', 'pubsub')
      else if (roll < 0.8) await server.cli('FLUSHALL')
      else {
        server.stop()
        await sleep(random() * 300)
        server.cont()
      }
    },
  }

  function expectKept(report: CheckReport): void {
    expect(report.violations, formatReport(report)).toEqual([])
  }

  function rulesOf({ violations }: CheckReport): string[] {
    return violations.map(({ rule }) => rule)
  }

  it('of what is written by hand break both contracts', async () => {
    expect(rulesOf(await check('naive', false))).toContain('stale')
    expect(rulesOf(await check('naive', true))).toContain('own-process')
  })

  it('of a fence in Redis are right whatever happens', async () => {
    const report = await check('fenced', false, [workers, redis])
    expectKept(report)
    expect(report.judgement.stale).toBe(0)
  })

  it('of Strata without memory have no stale read', async () => {
    expectKept(await check('strata', false))
  })

  it('of Strata without memory have none whatever happens', async () => {
    expectKept(await check('strata', false, [workers, redis]))
  })

  it('of Strata with memory keep its contract', async () => {
    expectKept(await check('strata', true))
  })

  it('of Strata with memory keep it whatever happens', async () => {
    expectKept(await check('strata', true, [workers, redis]))
  })
})
