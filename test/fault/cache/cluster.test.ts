import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, until } from '../../support/redis-server.js'

const TIMEOUT = 100
/** What a busy machine may add to a bound of the contract. */
const SLACK = 400

describeRedis('a cache on a Cluster of which one master is away', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let cluster: RedisCluster
  let namespace: string

  beforeAll(async () => {
    cluster = await startCluster()
  })
  beforeEach(() => {
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    for (const master of cluster.masters) master.cont()
    await caches.close()
    await watch.end()
  })
  afterAll(() => cluster.close())

  it('answers every key within timeout and load, and recovers by itself', async () => {
    const redis = { cluster: { nodes: cluster.nodes }, timeout: TIMEOUT, connectTimeout: 10_000 }
    const { cache, codes, recovered } = caches.open({ namespace, redis })
    const patient = { cluster: { nodes: cluster.nodes }, ...PATIENT }
    const other = caches.open({ namespace, redis: patient }).cache
    await until(() => cache.stats().redis.state === 'ready', 15_000)
    const keys = Array.from({ length: 30 }, (_, i) => `k${i}`)
    for (const key of keys) await other.set(key, 'old')
    await cache.set('warm', 1)

    cluster.masters[1]?.stop()
    for (let i = 0; i < 40; i++) {
      const begun = performance.now()
      expect(await cache.get(`cold ${i}`, () => i)).toBe(i)
      expect(performance.now() - begun).toBeLessThan(TIMEOUT + SLACK)
    }
    const results = await Promise.all(keys.map((key) => cache.delete(key)))
    expect(results).toContain('queued')
    for (const key of keys) expect(await cache.get(key)).toBeUndefined()

    cluster.masters[1]?.cont()
    await until(() => cache.stats().queue.depth === 0, 20_000)
    await until(() => recovered.length > 0, 20_000)
    const third = caches.open({ namespace, redis: patient }).cache
    for (const key of keys) expect(await third.get(key)).not.toBe('old')
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
  })

  it('comes to an end by close()', async () => {
    const redis = { cluster: { nodes: cluster.nodes }, timeout: TIMEOUT, connectTimeout: 10_000 }
    const { cache } = caches.open({ namespace, redis })
    await until(() => cache.stats().redis.state === 'ready', 15_000)
    for (const master of cluster.masters) master.stop()
    for (let i = 0; i < 8; i++) expect(await cache.delete(`k${i}`)).toBe('queued')
    const begun = performance.now()
    await cache.close()
    expect(performance.now() - begun).toBeLessThan(6_000)
  })
})
