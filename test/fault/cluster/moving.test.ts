import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { killsOf, heldBy, moveKey, movesOf, stopsOf } from '../../support/cluster-faults.js'
import { checkStrata, DURATION, expectKept } from '../../support/history.js'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis } from '../../support/redis-server.js'

/** Milliseconds that a slot stays half-way; ten seconds in long runs. */
const HOLD = DURATION > 60_000 ? 10_000 : 2_000

vi.setConfig({ testTimeout: 90_000 + 2 * DURATION })

describeRedis('histories on three masters', () => {
  let cluster: RedisCluster

  beforeEach(async () => {
    cluster = await startCluster()
  })
  afterEach(() => cluster.close())

  const modes = [{ memory: false }, { memory: true }]

  it.each(modes)('hold while slots move (memory: $memory)', async ({ memory }) => {
    const report = await checkStrata({
      name: 'slots that move',
      memory,
      redis: { cluster: cluster.nodes },
      // what is not applied within it is queued
      timeout: 1_000,
      faults: [movesOf(cluster, HOLD)],
    })
    expectKept(report)
    expect(report.judgement.writes).toMatchObject({ queued: 0, failed: 0, unknown: 0 })
  })

  /** The version of the namespace, which all ask for; the entry that is written most; its tag. */
  const firstSlots = [/^s1:history:v$/, /^s1:history:e:\{k0-/, /^s1:history:t:\{t0-/]

  it.each(modes)(
    'hold while a master gets its first slots (memory: $memory)',
    async ({ memory }) => {
      const fresh = await cluster.add()
      const report = await checkStrata({
        name: 'first slots',
        memory,
        redis: { cluster: cluster.nodes },
        timeout: 1_000,
        // so short that what is not heard of shows before the next invalidation
        ...(memory ? { maxStaleness: 400 } : {}),
        faults: firstSlots.map((key) => ({
          at: DURATION / 8,
          do: async (context) => {
            const [name, from] = await heldBy(cluster, key)
            await moveKey(cluster, { key: name, from, to: fresh, hold: DURATION }, context)
          },
        })),
      })
      expectKept(report)
      expect(report.judgement.writes).toMatchObject({ queued: 0, failed: 0, unknown: 0 })
    },
  )

  it.each(modes)('hold while connections are cut (memory: $memory)', async ({ memory }) => {
    const report = await checkStrata({
      name: 'cut connections',
      memory,
      redis: { cluster: cluster.nodes },
      timeout: 500,
      faults: [killsOf(cluster, ['normal', 'pubsub'])],
    })
    expectKept(report)
  })

  it.each(modes)('hold while masters stand still (memory: $memory)', async ({ memory }) => {
    const report = await checkStrata({
      name: 'masters that stand still',
      memory,
      redis: { cluster: cluster.nodes },
      timeout: 200,
      faults: [stopsOf(cluster, 3_000)],
    })
    expectKept(report)
  })
})
