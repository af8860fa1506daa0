import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import { commandCalls } from '../../support/redis-stats.js'

describeRedis('invalidations that Redis does not hear', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    await caches.patient(server.url, { namespace: 'first' }).ready()
    await caches.close()
  })
  beforeEach(() => {
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
    await watch.end()
  })
  afterAll(() => server.close())

  async function open(options: CacheOptions = {}): Promise<Cache> {
    const redis = { url: server.url, timeout: 100, connectTimeout: 10_000 }
    const { cache } = caches.open({ namespace, redis, ...options })
    await until(() => cache.stats().redis.state === 'ready', 15_000)
    return cache
  }
  /** What another process would see in Redis. */
  const elsewhere = (): Cache => caches.patient(server.url, { namespace })
  const replayed = (cache: Cache): Promise<void> =>
    until(() => cache.stats().queue.depth === 0, 10_000)

  it('are queued, apply here at once, and are replayed before Redis is read again', async () => {
    const cache = await open()
    const other = elsewhere()
    for (const key of ['removed', 'expired', 'tagged', 'soft', 'set', 'kept']) {
      await other.set(key, 'old', { tags: [`t-${key}`], grace: '1m' })
      await cache.get(key)
    }
    // what the other process said of its own sets has been heard
    await until(async () => (await cache.get('kept')) === cache.peek('kept'))
    server.stop()
    expect(await cache.delete('removed')).toBe('queued')
    expect(await cache.expire('expired')).toBe('queued')
    expect(await cache.invalidateTags('t-tagged')).toBe('queued')
    expect(await cache.invalidateTags('t-soft', { soft: true })).toBe('queued')
    expect(await cache.set('set', 'new')).toBe('queued')
    expect(cache.stats().queue.depth).toBe(5)

    expect(await cache.get('removed')).toBeUndefined()
    expect(await cache.get('expired')).toBeUndefined()
    expect(await cache.get('tagged')).toBeUndefined()
    expect(await cache.get('soft')).toBeUndefined()
    expect(await cache.get('set')).toBe('new')
    expect(await cache.get('kept')).toBe('old')

    server.cont()
    await replayed(cache)
    const third = elsewhere()
    expect(await third.get('removed')).toBeUndefined()
    expect(await third.get('expired')).toBeUndefined()
    expect(await third.get('tagged')).toBeUndefined()
    expect(await third.get('soft')).toBeUndefined()
    expect(await third.get('set'), 'replayed as a delete').toBeUndefined()
    expect(await third.get('kept')).toBe('old')
    expect(await third.read('expired', noLoad)).toMatchObject({ value: 'old', outcome: 'stale' })
    expect(await third.read('soft', noLoad)).toMatchObject({ value: 'old', outcome: 'stale' })
  })

  it('let nothing older be read here from the moment they are made', async () => {
    const cache = await open({ memory: false })
    const other = elsewhere()
    await other.set('k', 'old')
    await other.set('l', 'old', { tags: ['t'] })
    server.stop()
    expect(await cache.delete('k')).toBe('queued')
    expect(await cache.invalidateTags('t')).toBe('queued')
    server.cont()
    // whatever the moment: during the outage, the replay, and after it
    const end = performance.now() + 2_000
    while (performance.now() < end) {
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.get('l')).toBeUndefined()
    }
    await replayed(cache)
  })

  it('keep their order', async () => {
    const cache = await open()
    await elsewhere().set('k', 'old', { grace: '1m' })
    server.stop()
    // delete after expire: gone, not stale
    expect(await cache.expire('k')).toBe('queued')
    expect(await cache.delete('k')).toBe('queued')
    server.cont()
    await replayed(cache)
    expect(await elsewhere().get('k', () => 'loaded')).toBe('loaded')
  })

  it('join the end of the queue although Redis answers again', async () => {
    const cache = await open()
    server.stop()
    for (let i = 0; i < 10; i++) await cache.delete(`k${i}`)
    server.cont()
    const last = cache.delete('last')
    expect(['queued', 'applied']).toContain(await last)
    await replayed(cache)
    expect(await cache.delete('now')).toBe('applied')
  })

  it('never let a set of the outage bring back an older value', async () => {
    const cache = await open()
    const other = elsewhere()
    await other.set('k', 'v1')
    server.stop()
    const setting = cache.set('k', 'v2')
    expect(await setting).toBe('queued')
    expect(await cache.set('k', 'v3')).toBe('queued')
    server.cont()
    await replayed(cache)
    // neither v1, nor the v2 whose bytes were already on their way when it was given up
    expect([undefined, 'v3']).toContain(await elsewhere().get('k'))
    expect(await cache.get('k', () => 'v3')).toBe('v3')
  })

  it('let a set by another cache after the outage stand', async () => {
    const cache = await open()
    server.stop()
    expect(await cache.set('k', 'mine')).toBe('queued')
    server.cont()
    await replayed(cache)
    const other = elsewhere()
    await other.set('k', 'theirs')
    await sleep(300)
    expect(await elsewhere().get('k')).toBe('theirs')
  })

  it('clear the namespace when there are too many, and only that one', async () => {
    const cache = await open({ outage: { maxQueued: 20 } })
    const child = cache.namespace('child')
    const other = elsewhere()
    await other.set('untouched', 'old')
    await other.namespace('child').set('k', 'kept')
    server.stop()
    for (let i = 0; i < 20; i++) expect(await cache.delete(`k${i}`)).toBe('queued')
    expect(cache.stats().queue.depth).toBe(20)
    expect(await cache.delete('one more')).toBe('queued')
    expect(cache.stats().queue.depth).toBe(1)
    for (let i = 0; i < 5; i++) await cache.delete(`after ${i}`)
    server.cont()
    await replayed(cache)
    expect(await elsewhere().get('untouched')).toBeUndefined()
    expect(await elsewhere().namespace('child').get('k')).toBe('kept')
    expect(await child.get('k')).toBe('kept')
    expect(await cache.set('n', 1)).toBe('applied')
    expect(await elsewhere().get('n')).toBe(1)
  })

  it('are replayed by the thousand before Redis is long missed', async () => {
    const cache = await open()
    await elsewhere().set('known', 'from redis')
    server.stop()
    for (let i = 0; i < 8; i++) await cache.delete(`first ${i}`)
    for (let i = 0; i < 9_000; i++) await cache.delete(`k${i}`)
    expect(cache.stats().queue.depth).toBe(9_008)
    server.cont()
    const begun = performance.now()
    await until(async () => (await cache.get('known')) === 'from redis', 30_000)
    const took = performance.now() - begun
    process.stdout.write(`9,008 queued invalidations: first hit after ${Math.round(took)} ms\n`)
    expect(took).toBeLessThan(5_000)
  })

  it('survive that Redis is killed and comes back from where it was', async () => {
    const cache = await open()
    await elsewhere().set('k', 'old')
    await server.kill()
    expect(await cache.delete('k')).toBe('queued')
    expect(await cache.invalidateTags('t')).toBe('queued')
    expect(await cache.clear()).toBe('queued')
    await server.restart()
    await replayed(cache)
    expect(await cache.delete('k')).toBe('applied')
  })

  it('cost one command each, however long Redis is away', async () => {
    const cache = await open()
    const before = (await commandCalls(server)).get('del') ?? 0
    server.stop()
    for (let i = 0; i < 50; i++) await cache.delete(`k${i}`)
    await sleep(1_500)
    server.cont()
    await replayed(cache)
    const after = (await commandCalls(server)).get('del') ?? 0
    // those that were sent before the breaker opened arrive late and count twice
    expect(after - before).toBeGreaterThanOrEqual(50)
    expect(after - before).toBeLessThanOrEqual(60)
  })

  it('are replayed within close()', async () => {
    const cache = await open()
    await elsewhere().set('k', 'old')
    server.stop()
    // enough for the breaker: what is sent before it opens would get there anyway
    for (let i = 0; i < 8; i++) expect(await cache.delete(`other ${i}`)).toBe('queued')
    expect(await cache.delete('k')).toBe('queued')
    const closing = cache.close()
    await sleep(1_000)
    server.cont()
    await closing
    expect(await elsewhere().get('k')).toBeUndefined()
  })
})
