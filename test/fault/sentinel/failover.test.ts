import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Fault } from '../../../src/checker/index.js'
import { systemClock } from '../../../src/clock.js'
import { openStation, type Station } from '../../support/bus-station.js'
import { PATIENT } from '../../support/caches.js'
import {
  checkStrata,
  DURATION,
  expectKept,
  MAX_STALENESS,
  type StrataCheck,
} from '../../support/history.js'
import { type RedisSentinel, startSentinels } from '../../support/redis-sentinel.js'
import { describeRedis, type RedisServer, until } from '../../support/redis-server.js'

vi.setConfig({ testTimeout: 120_000 + 2 * DURATION })

/** What keeps a master that was replaced from acknowledging anything: the contract asks for it. */
const SAFE = ['--min-replicas-to-write', '1', '--repl-ping-replica-period', '1']

describeRedis('histories on a master and its replica, watched by sentinels', () => {
  let sentinel: RedisSentinel

  afterEach(() => sentinel.close())

  const redis = (): object => ({
    options: { sentinels: sentinel.sentinels, name: sentinel.name },
  })
  const lives = new Set<string>()

  /** Watches the lives of the namespace at the new master from the moment it is one. */
  async function watch(server: RedisServer, signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const life = (await server.cli('GET', 's1:history:v')).split('.')[0]
      if (life) lives.add(life)
      await sleep(50)
    }
  }

  async function check(
    check: Pick<StrataCheck, 'name' | 'memory'>,
    replace: (old: RedisServer) => Promise<void>,
  ): Promise<void> {
    lives.clear()
    let before = ''
    const fault: Fault = {
      at: 3_000,
      do: async ({ signal }) => {
        const [old, fresh] = [await sentinel.master(), await sentinel.replica()]
        before = (await old.cli('GET', 's1:history:v')).split('.')[0] ?? ''
        const begun = performance.now()
        await replace(old)
        process.stdout.write(`  replaced after ${Math.round(performance.now() - begun)} ms\n`)
        await watch(fresh, signal)
      },
    }
    const report = await checkStrata({
      ...check,
      redis: redis(),
      timeout: 500,
      faults: [fault],
      duration: DURATION + 12_000,
      // Until a process hears of the new master it reads what the old one has: memory or not, for so long at most.
      maxStaleness: MAX_STALENESS,
    })
    expectKept(report)
    expect(report.judgement.writes.applied).toBeGreaterThan(20)
    lives.delete(before)
    expect(lives.size, 'cleared once').toBe(1)
  }

  it.each([{ memory: false }, { memory: true }])(
    'hold when a replica takes over by command (memory: $memory)',
    async ({ memory }) => {
      sentinel = await startSentinels(SAFE)
      await check({ name: 'a failover by sentinels', memory }, () => sentinel.failOver())
    },
  )

  it.each([{ memory: false }, { memory: true }])(
    'hold when the master dies (memory: $memory)',
    async ({ memory }) => {
      sentinel = await startSentinels()
      await check({ name: 'a dead master, and sentinels', memory }, async (old) => {
        await old.kill()
        await until(async () => (await sentinel.master()) !== old, 40_000)
      })
    },
  )
})

describeRedis('caches that ask sentinels for the master', () => {
  let sentinel: RedisSentinel
  const stations: Station[] = []

  beforeEach(async () => {
    sentinel = await startSentinels()
  }, 120_000)
  afterEach(async () => {
    await Promise.all(stations.splice(0).map((station) => station.close()))
    await sentinel.close()
  })

  it('hear of a new one once the sentinels name it, while the old one lives on', async () => {
    const options = { sentinels: sentinel.sentinels, name: sentinel.name }
    for (let i = 0; i < 3; i++) {
      stations.push(await openStation({ options, ...PATIENT }, 'shop', MAX_STALENESS))
    }
    const [teller, ...listeners] = stations as [Station, ...Station[]]
    const fresh = await sentinel.replica()
    const begun = performance.now()
    const replaced = sentinel.failOver()
    await until(async () => (await fresh.cli('ROLE')).startsWith('master'), 40_000)
    const promotedAt = performance.now()
    await replaced
    const namedAt = performance.now()
    // straight to the new master, as a process does that knows it already
    const tell = (): Promise<string> =>
      fresh.cli('PUBLISH', 's1:shop:inv', JSON.stringify(['elsewhere', 'shop', 'r', ['k']]))
    await until(async () => {
      await tell()
      return stations.every(({ heard }) => heard.length > 0)
    }, 40_000)
    const heardAt = performance.now()
    process.stdout.write(
      `promoted ${ms(promotedAt - begun)} after the command, named by the sentinels ` +
        `${ms(namedAt - promotedAt)} later, heard by all ${ms(heardAt - promotedAt)} after it was promoted\n`,
    )
    await until(() => stations.every(({ trust }) => trust.isCoherent(systemClock.now())), 20_000)
    await until(() => teller.tiers.link.status === 'ready', 20_000)
    for (const { heard } of listeners) heard.length = 0
    await teller.tiers.of('shop').remove(['own'])
    await until(() => listeners.every(({ heard }) => heard.length > 0))
  })

  it('leave no connection to a sentinel behind', async () => {
    const before = await sentinel.connections()
    const options = { sentinels: sentinel.sentinels, name: sentinel.name }
    const station = await openStation({ options, ...PATIENT }, 'shop')
    await until(async () => (await sentinel.connections()) > before)
    await station.close()
    await until(async () => (await sentinel.connections()) <= before)
  })
})

function ms(time: number): string {
  return `${Math.round(time)} ms`
}
