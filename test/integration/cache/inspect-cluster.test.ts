import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis, until } from '../../support/redis-server.js'

describeRedis('inspect and monitor on a Redis Cluster', () => {
  const caches = new Caches()
  let cluster: RedisCluster
  let namespace: string

  beforeAll(async () => {
    cluster = await startCluster()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(() => caches.close())
  afterAll(() => cluster.close())

  const open = (): Cache =>
    caches.open({ namespace, redis: { cluster: { nodes: cluster.nodes }, ...PATIENT } }).cache
  const keys = Array.from({ length: 40 }, (_, i) => `k${i}`)
  const tags = ['red', 'green', 'blue']

  it('shows keys of every slot with the versions of tags in others', async () => {
    const [cache, other] = [open(), open()]
    for (const key of keys) await cache.set(key, 1, { tags })
    for (const key of keys) {
      const seen = await other.inspect(key)
      expect(seen).toMatchObject({ outcome: 'hit', tier: 'redis', redis: { standing: 'fresh' } })
      expect(seen.redis).toMatchObject({ versions: { length: 4 } })
    }
    await cache.invalidateTags('green')
    const seen = await other.inspect('k0')
    expect(seen).toMatchObject({ outcome: 'miss', redis: { standing: 'ended' } })
    expect(seen.why[1]).toContain("tag 'green'")
    expect(await other.inspect('none')).toMatchObject({ redis: { kind: 'absent' } })
  })

  it('compares keys of every slot', async () => {
    const cache = open()
    for (const key of keys) await cache.set(key, 1, { tags })
    using monitor = cache.monitor({ interval: '100ms' })
    await until(() => monitor.stats().rounds > 0)
    expect(monitor.stats()).toMatchObject({ behind: 0, unknown: 0 })
    expect(monitor.stats().same).toBeGreaterThanOrEqual(keys.length)
  })
})
