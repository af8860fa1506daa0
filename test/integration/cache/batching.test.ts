import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import { callsDuring } from '../../support/redis-stats.js'

describeRedis('many keys at once', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    await caches.close()
  })
  afterAll(() => server.close())

  const open = (options: Parameters<Caches['patient']>[1] = {}): Cache =>
    caches.patient(server.url, { namespace, coherence: { maxStaleness: '1h' }, ...options })
  /** Connected, and certain of the server: what follows costs what it costs every time. */
  const ready = async (cache: Cache): Promise<Cache> => {
    await cache.get('absent')
    return cache
  }
  const ids = Array.from({ length: 100 }, (_, i) => i)
  const key = (id: number): string => `row:${id}`

  it('asks Redis once and loads once in getMany', async () => {
    const cache = await ready(open())
    const loaded: number[][] = []
    const load = (missing: number[]): Map<number, string> => {
      loaded.push(missing)
      return new Map(missing.map((id) => [id, `v${id}`]))
    }
    const calls = await callsDuring(server, async () => {
      const rows = await cache.getMany(ids, { key, load })
      expect([...rows]).toEqual(ids.map((id) => [id, `v${id}`]))
    })
    expect(loaded).toEqual([ids])
    expect(calls['mget']).toBe(1)
    expect(calls['set'], 'a lease and a value for each, and the version of the namespace').toBe(201)
    expect((calls['eval'] ?? 0) + (calls['evalsha'] ?? 0)).toBe(2)
  })

  it('takes the leases and stores the values of getMany by one script each', async () => {
    const cache = await ready(open())
    const load = (missing: number[]): string[] => missing.map((id) => `v${id}`)
    await cache.get('first', () => 1)
    const calls = await callsDuring(server, () => cache.getMany(ids, { key, load }))
    expect((calls['eval'] ?? 0) + (calls['evalsha'] ?? 0)).toBe(2)
    expect(calls).toMatchObject({ mget: 1, set: 200, getrange: 100, get: 1, pttl: 1 })
    const again = await open().getMany(ids, { key, load: noLoad })
    expect(again.size).toBe(100)
  })

  it('asks for the leases of getMany with tags by one script, each tag once', async () => {
    const cache = await ready(open())
    await cache.get('first', () => 1)
    const row = cache.define('row', {
      key: (id: number) => id,
      loadMany: (missing) => missing.map((id) => `v${id}`),
      tags: (id) => ['rows', `row:${id}`],
    })
    const calls = await callsDuring(server, () => row.many(ids))
    expect((calls['eval'] ?? 0) + (calls['evalsha'] ?? 0)).toBe(2)
    expect(calls, 'of the namespace, the tag of all and that of each').toMatchObject({
      mget: 1,
      get: 204,
      set: 100 + 101 + 100,
    })
    const other = open().define('row', { key: (id: number) => id, loadMany: () => new Map() })
    await cache.invalidateTags('row:7')
    const kept = await other.many(ids)
    expect(ids.filter((id) => !kept.has(id))).toEqual([7])
    await cache.invalidateTags('rows')
    expect((await other.many(ids)).size).toBe(0)
  })

  it('stores what was loaded for some although others were invalidated meanwhile', async () => {
    const cache = await ready(open())
    await cache.get('first', () => 1)
    const rows = await cache.getMany(ids, {
      key,
      load: async (missing) => {
        await open().deleteMany([key(3), key(5)])
        return missing.map((id) => `v${id}`)
      },
    })
    expect(rows.size).toBe(100)
    const kept = await open().getMany(ids, { key })
    expect(ids.filter((id) => !kept.has(id))).toEqual([3, 5])
  })

  it('asks Redis once for what other caches have stored', async () => {
    const load = (missing: number[]): string[] => missing.map((id) => `v${id}`)
    await open().getMany(ids, { key, load })
    const cache = await ready(open())
    const calls = await callsDuring(server, async () => {
      const rows = await cache.getMany(ids, { key, load: noLoad })
      expect([...rows]).toEqual(ids.map((id) => [id, `v${id}`]))
    })
    expect(calls).toEqual({ mget: 1 })
    expect(cache.stats().reads.hit).toEqual({ redis: 100 })
  })

  it('asks Redis twice in getMany for entries with tags', async () => {
    const load = (missing: number[]): string[] => missing.map((id) => `v${id}`)
    await open().getMany(ids, { key, load, tags: ['rows'] })
    const cache = await ready(open())
    const calls = await callsDuring(server, async () => {
      expect((await cache.getMany(ids, { key })).size).toBe(100)
    })
    expect(calls).toEqual({ mget: 2 })
  })

  it('loads only what no tier has', async () => {
    const [first, second] = [open(), open()]
    await first.getMany([1, 2], { key, load: (missing) => missing.map((id) => `first ${id}`) })
    await second.set(key(3), 'second 3')
    const loaded: number[][] = []
    const rows = await second.getMany([4, 3, 2, 1, 4], {
      key,
      load: (missing) => {
        loaded.push(missing)
        return missing.map((id) => `loaded ${id}`)
      },
    })
    expect([...rows]).toEqual([
      [4, 'loaded 4'],
      [3, 'second 3'],
      [2, 'first 2'],
      [1, 'first 1'],
    ])
    expect(loaded).toEqual([[4]])
  })

  it('stores an id that the loader had nothing for as null in Redis, when negative', async () => {
    await open().getMany([1, 2], { key, load: () => new Map([[1, 'one']]), negative: true })
    const rows = await open().getMany<number, string | null>([1, 2], { key, load: noLoad })
    expect([...rows]).toEqual([
      [1, 'one'],
      [2, null],
    ])
  })

  it('joins 100 calls of a definition into one look and one load', async () => {
    const cache = await ready(open())
    const loaded: number[][] = []
    const row = cache.define('row', {
      key: (id: number) => id,
      batch: true,
      loadMany: (missing) => {
        loaded.push(missing)
        return missing.map((id) => ({ id }))
      },
    })
    const calls = await callsDuring(server, async () => {
      const rows = await Promise.all(ids.map((id) => row(id)))
      expect(rows).toEqual(ids.map((id) => ({ id })))
    })
    expect(loaded).toEqual([ids])
    expect(calls['mget']).toBe(1)
    const second = await ready(open())
    const again = second.define('row', { key: (id: number) => id, batch: true, loadMany: noLoad })
    const calls2 = await callsDuring(server, async () => {
      expect(await Promise.all(ids.map((id) => again(id)))).toEqual(ids.map((id) => ({ id })))
    })
    expect(calls2).toEqual({ mget: 1 })
  })

  it('stores what one chunk of a definition loaded although another chunk fails', async () => {
    const cache = open()
    const row = cache.define('row', {
      key: (id: number) => id,
      batch: true,
      maxBatch: 2,
      loadMany: (missing) => {
        if (missing.includes(3)) throw new Error('three')
        return missing.map((id) => ({ id }))
      },
    })
    const outcomes = await Promise.allSettled([1, 2, 3, 4, 5].map((id) => row(id)))
    expect(outcomes.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
      'fulfilled',
    ])
    const other = open().define('row', { key: (id: number) => id, loadMany: () => new Map() })
    expect([...(await other.many([1, 2, 3, 4, 5])).keys()]).toEqual([1, 2, 5])
  })

  it('sets many entries, each with its own lifetime and tags', async () => {
    const cache = await ready(open())
    const entries = ids.map((id) => ({ key: key(id), value: id, tags: [`t${id % 2}`] }))
    expect(await cache.setMany(entries)).toBe('applied')
    const other = open()
    expect((await other.getMany(ids, { key })).size).toBe(100)
    await other.invalidateTags('t1')
    const even = await open().getMany(ids, { key })
    expect([...even.keys()]).toEqual(ids.filter((id) => id % 2 === 0))
  })

  it('deletes many keys with one command', async () => {
    const cache = open()
    await cache.setMany(ids.map((id) => ({ key: key(id), value: id })))
    const calls = await callsDuring(server, async () => {
      expect(await cache.deleteMany(ids.slice(10).map(key))).toBe('applied')
    })
    expect(calls).toEqual({ eval: 1, publish: 1, del: 1 })
    expect([...(await open().getMany(ids, { key })).keys()]).toEqual(ids.slice(0, 10))
    expect([...(await cache.getMany(ids, { key })).keys()]).toEqual(ids.slice(0, 10))
  })

  it('reads and writes thousands of keys in one turn', async () => {
    const many = Array.from({ length: 5_000 }, (_, i) => i)
    const value = 'x'.repeat(500)
    const first = caches.open({
      namespace,
      redis: { url: server.url, timeout: '30s', connectTimeout: 20_000, maxInFlight: 100_000 },
    }).cache
    await first.setMany(many.map((id) => ({ key: key(id), value: value + id })))
    const second = caches.open({
      namespace,
      redis: { url: server.url, timeout: '30s', connectTimeout: 20_000, maxInFlight: 100_000 },
    }).cache
    const rows = await second.getMany(many, { key, load: noLoad })
    expect(rows.size).toBe(5_000)
    expect(rows.get(4_999)).toBe(`${value}4999`)
  })

  it('reads and writes more keys at once than maxInFlight', async () => {
    const many = Array.from({ length: 3_000 }, (_, i) => i)
    const load = (missing: number[]): number[] => missing
    await open().getMany(many, { key, load })
    const second = open()
    expect((await second.getMany(many, { key })).size).toBe(3_000)
    const entries = many.map((id) => ({ key: `set ${id}`, value: id }))
    expect(await second.setMany(entries)).toBe('applied')
  })

  it('sets more entries at once than may wait for Redis', async () => {
    const entries = Array.from({ length: 20_000 }, (_, id) => ({ key: key(id), value: id }))
    const cache = open()
    expect(await cache.setMany(entries)).toBe('applied')
    expect(cache.stats().redis).toEqual({ state: 'ready', breaker: 'closed' })
    const last = await open().getMany([0, 10_000, 19_999], { key, load: noLoad })
    expect([...last.values()]).toEqual([0, 10_000, 19_999])
  })

  it('warms a second cache from Redis without loading', async () => {
    const load = (): number => 1
    await open().warm(ids.map(key), { load, concurrency: 10 })
    const second = open()
    const progress = await second.warm(ids.map(key), { load: noLoad, concurrency: 10 })
    expect(progress).toEqual({ done: 100, failed: 0 })
    expect(second.stats().loads).toBe(0)
  })
})
