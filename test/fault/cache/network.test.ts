import { setTimeout as sleep } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type BlackHole, startBlackHole } from '../../support/black-hole.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('a cache on a bad network', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let hole: BlackHole
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    await caches.patient(server.url, { namespace: 'first' }).ready()
    await caches.close()
  })
  beforeEach(async () => {
    namespace = freshNamespace()
    hole = await startBlackHole(server.port)
    watch.begin()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
    await hole.close()
    await watch.end()
  })
  afterAll(() => server.close())

  const elsewhere = () => caches.patient(server.url, { namespace })

  async function open(url: string) {
    const redis = { url, timeout: 100, connectTimeout: 10_000 }
    const opened = caches.open({ namespace, redis })
    await until(() => opened.cache.stats().redis.state === 'ready', 15_000)
    return opened
  }

  it('dials anew when the connection swallows everything', async () => {
    const { cache, codes, recovered } = await open(hole.url)
    await elsewhere().set('k', 'old')
    hole.swallow({ others: false })
    for (let i = 0; i < 10; i++) expect(await cache.get(`cold ${i}`, () => i)).toBe(i)
    expect(await cache.delete('k')).toBe('queued')
    expect(hole.accepted, 'one for data, one for the bus').toBe(2)
    // a connection that answers no probe for 5 s is dropped
    const begun = performance.now()
    await until(() => recovered.length > 0, 15_000)
    expect(performance.now() - begun).toBeLessThan(5_000 + 1_000 + 2_000 + 1_000)
    expect(hole.accepted).toBe(3)
    await until(() => cache.stats().queue.depth === 0)
    expect(await elsewhere().get('k')).toBeUndefined()
    await cache.set('k', 'new')
    expect(await elsewhere().get('k', noLoad)).toBe('new')
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
  })

  it('goes on dialling while new connections are swallowed too', async () => {
    const { cache, codes, recovered } = await open(hole.url)
    hole.swallow()
    const end = performance.now() + 12_000
    for (let i = 0; performance.now() < end; i++) {
      expect(await cache.get(`cold ${i}`, () => i)).toBe(i)
      await sleep(20)
    }
    hole.mend()
    await until(() => recovered.length > 0, 15_000)
    await cache.set('k', 1)
    expect(await elsewhere().get('k')).toBe(1)
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
  })

  it('keeps an older value out that the network delivers late', async () => {
    const { cache, recovered } = await open(hole.url)
    await cache.set('k', 'v0')
    // the load has begun and its value is on its way when the connection stops delivering
    const loading = cache.get('l', () => {
      hole.swallow({ others: false })
      return 'v1'
    })
    await loading
    await cache.set('k', 'v1')
    await until(() => recovered.length > 0, 15_000)
    await until(() => cache.stats().queue.depth === 0)
    for (const key of ['k', 'l']) {
      expect(await cache.delete(key)).toBe('applied')
      expect(await cache.set(key, 'v2')).toBe('applied')
    }
    hole.release()
    await sleep(300)
    // a late delete costs a miss; a late value would be wrong
    expect([undefined, 'v2']).toContain(await elsewhere().get('k'))
    expect([undefined, 'v2']).toContain(await elsewhere().get('l'))
  })

  it('keeps older values out that a frozen Redis has in its sockets', async () => {
    const { cache, recovered } = await open(server.url)
    const big = (version: number): string => `${version}`.repeat(200_000)
    await cache.set('warm', 1)
    const keys = Array.from({ length: 15 }, (_, i) => `k${i}`)
    // many values are on their way when Redis freezes
    const loading = Promise.all(
      keys.map((key) =>
        cache.get(key, () => {
          setImmediate(() => server.stop())
          return big(1)
        }),
      ),
    )
    await loading
    // long enough for the connection to be dialled anew: the old one's bytes lie in the kernel
    const end = performance.now() + 6_500
    while (performance.now() < end) {
      await cache.get('probe', () => 1, { force: true })
      await sleep(20)
    }
    for (const key of keys) expect(await cache.delete(key)).toBe('queued')
    server.cont()
    await until(() => recovered.length > 0, 15_000)
    await until(() => cache.stats().queue.depth === 0)
    for (const key of keys) await cache.set(key, big(2))
    await sleep(500)
    const other = elsewhere()
    for (const key of keys) expect((await other.get<string>(key))?.[0]).toBe('2')
  })

  it('puts up with its connection being killed over and over', async () => {
    const { cache } = await open(server.url)
    const killer = new Redis(server.port)
    const end = performance.now() + 3_000
    let errors = 0
    for (let i = 0; performance.now() < end; i++) {
      const key = `k${i % 20}`
      await Promise.all([
        cache.get(key, () => i).catch(() => errors++),
        cache.delete(`k${(i + 7) % 20}`).catch(() => errors++),
        cache.set(`s${i % 20}`, i).catch(() => errors++),
        i % 40 === 0 ? killer.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes') : undefined,
      ])
      await sleep(2)
    }
    killer.disconnect()
    expect(errors).toBe(0)
    await until(() => cache.stats().redis.state === 'ready', 10_000)
    await until(() => cache.stats().queue.depth === 0, 10_000)
    expect(await cache.set('k', 'end')).toBe('applied')
    expect(await elsewhere().get('k')).toBe('end')
  })

  it('uses an instance of the caller again that was cut off', async () => {
    const client = new Redis(hole.port, { maxRetriesPerRequest: null })
    client.on('error', () => {})
    const opened = caches.open({
      namespace,
      redis: { client, timeout: 100, connectTimeout: 10_000 },
    })
    await until(() => opened.cache.stats().redis.state === 'ready', 15_000)
    await elsewhere().set('k', 'old')
    hole.swallow({ others: false })
    for (let i = 0; i < 8; i++) expect(await opened.cache.get(`cold ${i}`, () => i)).toBe(i)
    expect(await opened.cache.delete('k')).toBe('queued')
    await sleep(6_000)
    expect(hole.accepted, 'a connection of the caller is not ours to drop').toBe(2)
    client.disconnect(true)
    await until(() => opened.recovered.length > 0, 15_000)
    await until(() => opened.cache.stats().queue.depth === 0)
    expect(await elsewhere().get('k')).toBeUndefined()
    await opened.cache.close()
    client.disconnect()
  })

  it('is slow for one timeout when every reply takes longer than it', async () => {
    const slow = caches.open({ namespace, redis: { url: server.url, ...PATIENT, timeout: 1 } })
    await until(() => slow.cache.stats().redis.state !== 'connecting', 15_000)
    for (let i = 0; i < 50; i++) expect(await slow.cache.get(`k${i}`, () => i)).toBe(i)
  })
})
