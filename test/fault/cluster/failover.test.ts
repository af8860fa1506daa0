import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Fault } from '../../../src/checker/index.js'
import { now } from '../../../src/checker/time.js'
import { failoversOf, killsOf } from '../../support/cluster-faults.js'
import {
  checkStrata,
  DURATION,
  type Excuse,
  expectKept,
  MAX_STALENESS,
} from '../../support/history.js'
import { isMaster, type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, type RedisServer, until } from '../../support/redis-server.js'

/**
 * Milliseconds before a master dies in which what it acknowledged may not have reached its replica. Asynchronous replication
 * loses such a write, in Cluster for good (until the entry's ttl): the contract does not answer for it.
 */
const LOST = 1_000

vi.setConfig({ testTimeout: 120_000 + 2 * DURATION })

describeRedis('histories on three masters and their replicas', () => {
  let cluster: RedisCluster

  beforeEach(async () => {
    cluster = await startCluster({ replicas: true })
  })
  afterEach(() => cluster.close())

  const modes = [{ memory: false }, { memory: true }]

  it.each(modes)(
    'hold while replicas take over without loss (memory: $memory)',
    async ({ memory }) => {
      const report = await checkStrata({
        name: 'failovers by command',
        memory,
        redis: { cluster: cluster.nodes },
        timeout: 1_000,
        faults: [failoversOf(cluster)],
      })
      expectKept(report)
      expect(report.judgement.writes.applied).toBeGreaterThan(20)
    },
  )

  it.each(modes)('hold while all kinds of connections are cut (memory: $memory)', async (mode) => {
    const report = await checkStrata({
      name: 'cut connections of a replicated Cluster',
      redis: { cluster: cluster.nodes },
      ...mode,
      timeout: 500,
      faults: [killsOf(cluster, ['normal', 'pubsub', 'replica', 'master'])],
    })
    expectKept(report)
  })

  it.each(modes)(
    'hold, but for what replication lost, when a master is killed (memory: $memory)',
    async ({ memory }) => {
      const [master, replica] = [cluster.masters[0], cluster.replicas[0]] as [
        RedisServer,
        RedisServer,
      ]
      let killedAt = Number.POSITIVE_INFINITY
      const kill: Fault = {
        at: 3_000,
        do: async () => {
          killedAt = now()
          await cluster.lose(master)
          process.stdout.write(`  a replica took over after ${Math.round(now() - killedAt)} ms\n`)
        },
      }
      const lost: () => Excuse =
        () =>
        ({ ended }) =>
          ended !== undefined && ended >= killedAt - LOST && ended <= killedAt
      const report = await checkStrata(
        {
          name: 'a killed master',
          memory,
          redis: { cluster: cluster.nodes },
          timeout: 500,
          faults: [kill],
          duration: DURATION + 8_000,
        },
        lost,
      )
      expect(await isMaster(replica)).toBe(true)
      expectKept(report)
      expect(report.judgement.writes.applied).toBeGreaterThan(20)
    },
  )

  it.each(modes)(
    'hold, but for what replication lost, when a master stands still until it is replaced (memory: $memory)',
    async ({ memory }) => {
      const [master, replica] = [cluster.masters[1], cluster.replicas[1]] as [
        RedisServer,
        RedisServer,
      ]
      let stoppedAt = Number.POSITIVE_INFINITY
      let resumedAt = Number.POSITIVE_INFINITY
      const stop: Fault = {
        at: 3_000,
        do: async () => {
          stoppedAt = now()
          master.stop()
          try {
            await until(() => isMaster(replica), 30_000)
            await sleep(MAX_STALENESS)
          } finally {
            resumedAt = now()
            master.cont()
          }
          await until(async () => !(await isMaster(master)), 30_000)
          process.stdout.write(`  replaced, and back as a replica\n`)
        },
      }
      // Until it hears that it was replaced, what it carries out of what lay in its sockets is lost too.
      const lost: () => Excuse =
        () =>
        ({ begun, ended }) =>
          ended !== undefined &&
          ((ended >= stoppedAt - LOST && ended <= stoppedAt) ||
            (ended >= resumedAt && begun <= resumedAt + LOST))
      const report = await checkStrata(
        {
          name: 'a replaced master',
          memory,
          redis: { cluster: cluster.nodes },
          timeout: 500,
          faults: [stop],
          duration: DURATION + 10_000,
        },
        lost,
      )
      expectKept(report)
      expect(report.judgement.writes.applied).toBeGreaterThan(20)
    },
  )
})
