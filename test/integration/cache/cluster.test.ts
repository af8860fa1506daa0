import { Cluster } from 'ioredis'
import { Cluster as Cluster6 } from 'ioredis6'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { newId } from '../../../src/entry/id.js'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { slotOf } from '../../../src/redis/cluster-slot.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { type RedisCluster, startCluster } from '../../support/redis-cluster.js'
import { describeRedis } from '../../support/redis-server.js'

describeRedis('a cache on a Redis Cluster', () => {
  const caches = new Caches()
  const clients: { disconnect(): void }[] = []
  let cluster: RedisCluster
  let namespace: string

  beforeAll(async () => {
    cluster = await startCluster()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    await caches.close()
    for (const client of clients.splice(0)) client.disconnect()
  })
  afterAll(() => cluster.close())

  const ids = Array.from({ length: 60 }, (_, i) => i)
  const key = (id: number): string => `k${id}`

  const forms: readonly (readonly [string, () => CacheOptions['redis']])[] = [
    ['{ cluster }', () => ({ cluster: { nodes: cluster.nodes }, ...PATIENT })],
    [
      '{ cluster } with one node',
      () => ({ cluster: { nodes: cluster.nodes.slice(0, 1) }, ...PATIENT }),
    ],
    ['a Cluster of ioredis 5', () => ({ client: kept(new Cluster(cluster.nodes)), ...PATIENT })],
    ['a Cluster of ioredis 6', () => ({ client: kept(new Cluster6(cluster.nodes)), ...PATIENT })],
  ]

  function kept<C extends { disconnect(): void }>(client: C): C {
    clients.push(client)
    return client
  }

  describe.each(forms)('by %s', (_, form) => {
    const open = (options: CacheOptions = {}): Cache =>
      caches.open({ namespace, redis: form(), ...options }).cache

    it('stores, reads and deletes in every slot', async () => {
      const cache = open()
      expect(await cache.ready()).toEqual({ redis: 'ready' })
      for (const id of ids) await cache.get(key(id), () => id, { tags: [`t${id % 3}`] })
      const second = open()
      for (const id of ids)
        expect(await second.read(key(id))).toMatchObject({ value: id, tier: 'redis' })
      expect(await cache.deleteMany(ids.slice(0, 30).map(key))).toBe('applied')
      expect(await cache.delete(key(30))).toBe('applied')
      const third = open()
      for (const id of ids) expect(await third.get(key(id))).toBe(id <= 30 ? undefined : id)
    })

    it('reads and loads many', async () => {
      const load = (missing: number[]): number[] => missing.map((id) => id * 2)
      await open().getMany(ids, { key, load, tags: ['rows'] })
      const rows = await open().getMany(ids, { key, load: noLoad })
      expect([...rows]).toEqual(ids.map((id) => [id, id * 2]))
      expect(await open().setMany(ids.map((id) => ({ key: key(id), value: -id })))).toBe('applied')
      expect((await open().getMany(ids, { key })).get(7)).toBe(-7)
    })

    it('invalidates tags, hard and soft, across slots', async () => {
      const cache = open()
      for (const id of ids)
        await cache.set(key(id), id, { tags: [`t${id % 3}`, 'all'], grace: '1m' })
      expect(await open().invalidateTags(['t0', 't1'])).toBe('applied')
      expect([...(await open().getMany(ids, { key })).keys()]).toEqual(
        ids.filter((id) => id % 3 === 2),
      )
      expect(await open().invalidateTags('all', { soft: true })).toBe('applied')
      const other = open()
      expect((await other.getMany(ids, { key })).size).toBe(0)
      const reading = await other.read(key(2), () => 'new', { grace: '1m', softTimeout: 0 })
      expect(reading).toMatchObject({ value: 2, outcome: 'stale' })
      expect(await other.read(key(0), () => 'new')).toMatchObject({ value: 'new', outcome: 'miss' })
    })

    it('clears and expires', async () => {
      const cache = open()
      for (const id of ids) await cache.set(key(id), id, { grace: '1m' })
      expect(await cache.expire(key(5))).toBe('applied')
      const second = open()
      expect(await second.get(key(5))).toBeUndefined()
      expect(await second.get(key(6))).toBe(6)
      expect(await cache.clear()).toBe('applied')
      expect((await open().getMany(ids, { key })).size).toBe(0)
      expect(await cache.set(key(1), 1)).toBe('applied')
      expect(await open().get(key(1))).toBe(1)
    })

    it('batches the calls of a definition into one load', async () => {
      const loaded: number[][] = []
      const row = open().define('row', {
        key: (id: number) => id,
        batch: true,
        loadMany: (missing) => {
          loaded.push(missing)
          return missing
        },
      })
      expect(await Promise.all(ids.map((id) => row(id)))).toEqual(ids)
      // In Cluster each key is answered by its own node, in its own time.
      expect(loaded.flat().sort((a, b) => a - b)).toEqual(ids)
      expect(loaded.length).toBeLessThanOrEqual(9)
    })
  })

  it('takes a record of another slot that cannot be read for a miss, and the others for what they are', async () => {
    const cache = caches.open({
      namespace,
      redis: { cluster: { nodes: cluster.nodes }, ...PATIENT },
    })
    await cache.cache.setMany(ids.map((id) => ({ key: key(id), value: id })))
    const client = kept(new Cluster(cluster.nodes))
    await client.set(`s1:${namespace}:e:{k3}`, 'foreign')
    await client.del(`s1:${namespace}:e:{k4}`)
    await client.lpush(`s1:${namespace}:e:{k4}`, 'x')
    const other = caches.open({
      namespace,
      redis: { cluster: { nodes: cluster.nodes }, ...PATIENT },
    })
    const rows = await other.cache.getMany(ids, { key })
    expect([...rows.keys()]).toEqual(ids.filter((id) => id !== 3 && id !== 4))
    expect(other.cache.stats().recordFaults).toBe(2)
  })

  it('leaves a Cluster of the caller open and closes its own connections', async () => {
    const client = kept(new Cluster(cluster.nodes))
    const cache = caches.open({ namespace, redis: { client, ...PATIENT } }).cache
    await cache.set('k', 1)
    await cache.close()
    expect(client.status).toBe('ready')
    expect(await client.set(namespace, '1')).toBe('OK')
    const own = caches.open({ namespace, redis: { cluster: { nodes: cluster.nodes }, ...PATIENT } })
    await own.cache.set('k', 1)
    await own.cache.close()
    await expect
      .poll(async () => {
        const lists = await Promise.all(
          cluster.masters.map((master) => master.cli('CLIENT', 'LIST')),
        )
        return lists.join('\n').includes(`strata:${namespace}`)
      })
      .toBe(false)
  })

  it('agrees with us about the slot of every text', async () => {
    const texts = ['', '123456789', 'foo', 'ünï → 😀', ...ids.map((id) => newId().repeat(id % 9))]
    for (const text of texts) {
      expect(`${slotOf(text)} ${text}`).toBe(
        `${await cluster.masters[0]?.cli('CLUSTER', 'KEYSLOT', text)} ${text}`,
      )
    }
  })
})

describeRedis('a cache on a Redis Cluster that prefers names', () => {
  const caches = new Caches()
  let cluster: RedisCluster

  beforeAll(async () => {
    const args = ['--cluster-announce-hostname', 'localhost']
    cluster = await startCluster({
      args: [...args, '--cluster-preferred-endpoint-type', 'hostname'],
    })
  })
  afterAll(async () => {
    await caches.close()
    await cluster.close()
  })

  it('dials its masters by these, also to hear of invalidations', async () => {
    const dialled = new Set<string>()
    const natMap = (name: string): null => {
      dialled.add(name)
      return null
    }
    const nodes = cluster.nodes.map(({ port }) => ({ host: 'localhost', port }))
    const redis = { cluster: { nodes, options: { natMap } }, ...PATIENT }
    const { cache } = caches.open({ namespace: freshNamespace(), redis })
    await expect.poll(() => cache.stats().bus.coherent).toBe(true)
    expect(await cache.set('k', 1)).toBe('applied')
    expect([...dialled].sort()).toEqual(nodes.map(({ port }) => `localhost:${port}`).sort())
  })
})
