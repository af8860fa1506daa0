import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { killsOf, moveKey, movesOf, ownerOf, stopsOf } from '../../support/cluster-faults.js'
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

  it.each(modes)(
    'hold while a master gets its first slot (memory: $memory)',
    async ({ memory }) => {
      const fresh = await cluster.add()
      const report = await checkStrata({
        name: 'a first slot',
        memory,
        redis: { cluster: cluster.nodes },
        timeout: 1_000,
        faults: [
          {
            at: DURATION / 8,
            do: async (context) => {
              // the version of the namespace, which every read and load asks for
              const key = 's1:history:v'
              const from = await ownerOf(cluster, key)
              await moveKey(cluster, { key, from, to: fresh, hold: DURATION }, context)
            },
          },
        ],
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
