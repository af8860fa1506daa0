import { setTimeout as sleep } from 'node:timers/promises'
import { Cluster, Redis } from 'ioredis'
import { Cluster as Cluster6, Redis as Redis6 } from 'ioredis6'
import { afterAll, beforeAll } from 'vitest'
import { systemClock } from '../../src/clock.js'
import type { Body } from '../../src/entry/entry.js'
import { type RedisCluster, startCluster } from '../support/redis-cluster.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'
import { bodyOf, type OpenedRedis, openTiers, textOf } from '../support/redis-tiers.js'
import { describeTier, type TierTraits, type TierUnderTest } from './tier-suite.js'

/** A round trip wide, twice: written and read with the ends of the clock offset that shorten life. */
const traits: TierTraits = { tolerance: 25, lateAfterSoft: 'gone', stamps: 'each' }

/** In Cluster what is written is compared with its tags by its readers only. */
const inCluster: TierTraits = { ...traits, lateAfterSoft: 'stale' }

/** Real time, real sockets: a busy machine must not count as an outage here. */
const patient = { timeout: 5_000, connectTimeout: 10_000, maxInFlight: 10_000 }

function underTest(
  opened: OpenedRedis,
  which: 'bare' | 'guarded',
  client?: { disconnect(): void },
): TierUnderTest<Body> {
  return {
    tier: opened[which],
    clock: systemClock,
    valueOf: bodyOf,
    textOf,
    pass: (ms) => sleep(ms),
    close: async () => {
      await opened.close()
      client?.disconnect()
    },
  }
}

describeRedis('tiers on one Redis', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  }, 60_000)
  afterAll(() => server.close())

  describeTier('redis tier', traits, async () => {
    return underTest(await openTiers({ url: server.url, ...patient }, 'bare'), 'bare')
  })

  describeTier('redis tier, guarded', traits, async () => {
    return underTest(await openTiers({ url: server.url, ...patient }, 'guarded'), 'guarded')
  })

  describeTier(
    'redis tier on an instance of ioredis 5, automatic pipelining on',
    traits,
    async () => {
      const client = new Redis(server.port, '127.0.0.1', { enableAutoPipelining: true })
      return underTest(await openTiers({ client, ...patient }, 'io5'), 'guarded', client)
    },
  )

  describeTier('redis tier on an instance of ioredis 6', traits, async () => {
    const client = new Redis6(server.port, '127.0.0.1')
    return underTest(await openTiers({ client, ...patient }, 'io6'), 'guarded', client)
  })
})

describeRedis('tiers on a Redis Cluster', () => {
  let cluster: RedisCluster

  beforeAll(async () => {
    cluster = await startCluster()
  }, 60_000)
  afterAll(() => cluster.close())

  describeTier('redis tier in Cluster', inCluster, async () => {
    const opened = await openTiers({ cluster: { nodes: cluster.nodes }, ...patient }, 'cluster')
    return underTest(opened, 'guarded')
  })

  describeTier('redis tier on a Cluster of ioredis 5', inCluster, async () => {
    const client = new Cluster(cluster.nodes)
    return underTest(await openTiers({ client, ...patient }, 'cluster5'), 'guarded', client)
  })

  describeTier('redis tier on a Cluster of ioredis 6', inCluster, async () => {
    const client = new Cluster6(cluster.nodes)
    return underTest(await openTiers({ client, ...patient }, 'cluster6'), 'guarded', client)
  })
})
