import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { blind, coherent, deleteUnheard } from '../../support/bus-caches.js'
import { CacheProcess } from '../../support/cache-process.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const B = 500

describeRedis('what stands still and goes on', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let options: CacheOptions
  let namespace: string

  beforeEach(async () => {
    server = await startRedis()
    namespace = freshNamespace()
    options = {
      namespace,
      redis: { url: server.url, ...PATIENT },
      coherence: { maxStaleness: B },
      ttl: '10m',
    }
    watch.begin()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
    await watch.end()
    await server.close()
  })

  it('a process: its first reads give nothing that was invalidated meanwhile', async () => {
    const frozen = await CacheProcess.start(options)
    const { cache } = caches.open(options)
    const keys = Array.from({ length: 20 }, (_, i) => `k${i}`)
    for (const key of keys) {
      await frozen.load(key, { value: 'old' }, { tags: ['t'], grace: 60_000 })
      expect(await frozen.peek(key)).toBe('old')
    }
    for (const key of ['kept', 'unheard']) await frozen.load(key, { value: key })
    frozen.stop()
    await sleep(50)
    expect(await cache.invalidateTags('t')).toBe('applied')
    expect(await cache.delete('k0')).toBe('applied')
    await deleteUnheard(server, namespace, 'unheard')
    keys.push('unheard')
    await sleep(B)
    // asked before it goes on: it may look at this sooner than at what Redis has sent it
    const peeks = keys.map((key) => frozen.peek(key))
    const gets = keys.map((key) => frozen.get(key))
    const reads = keys.map((key) => frozen.read(key))
    frozen.cont()
    for (const peek of peeks) expect(await peek).toBeUndefined()
    for (const get of gets) expect(await get).toBeUndefined()
    for (const read of reads) expect((await read).value).toBeUndefined()
    await until(async () => (await frozen.stats()).bus.coherent)
    expect((await frozen.read('kept')).value).toBe('kept')
    const { loads, bus } = await frozen.stats()
    expect(loads).toBe(22)
    expect(bus.reason).toBeUndefined()
    await frozen.close()
  })

  it('a process with a lease: another loads, and what it brings late is not stored', async () => {
    const lease = { ttl: 500 }
    const frozen = await CacheProcess.start(options)
    const { cache } = caches.open(options)
    const loading = frozen.load('k', { value: 'late', gate: 'k' }, { lease })
    await until(async () => (await server.cli('EXISTS', `s1:${namespace}:e:{k}`)) === '1')
    frozen.stop()
    expect(await cache.get('k', () => 'mine', { lease })).toBe('mine')
    const opened = frozen.open('k')
    frozen.cont()
    await opened
    expect((await loading)[0]?.reading).toMatchObject({ value: 'late', revoked: true })
    expect(await frozen.peek('k')).toBeUndefined()
    expect((await frozen.read('k')).value).toBe('mine')
    expect(cache.peek('k')).toBe('mine')
    await frozen.close()
  })

  it('an event loop that is blocked: no hit before it has caught up', async () => {
    const { cache } = caches.open(options)
    const other = await CacheProcess.start(options)
    await cache.get('k', () => 'old')
    await cache.get('kept', () => 'kept')
    await coherent(cache)
    const deleted = other.delete('k')
    const end = performance.now() + B + 200
    while (performance.now() < end); // nothing else runs
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.get('k')).toBeUndefined()
    expect(await deleted).toBe('applied')
    expect(await cache.get('kept', noLoad)).toBe('kept')
    await coherent(cache)
    expect(cache.peek('kept')).toBe('kept')
    await other.close()
  })

  it('Redis: nothing is trusted, all is trusted again afterwards, and nothing was missed', async () => {
    const hasty = { url: server.url, timeout: 100, connectTimeout: 10_000 }
    const { cache } = caches.open({ ...options, redis: hasty })
    const other = caches.open(options).cache
    await cache.get('k', () => 'old')
    await cache.get('kept', () => 'kept')
    await coherent(cache)
    server.stop()
    const deleted = other.delete('k')
    await blind(cache)
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.stats().bus.reason).toBeTypeOf('string')
    expect(await cache.get('k', () => 'loaded meanwhile')).toBe('loaded meanwhile')
    await sleep(B)
    server.cont()
    // its own connection may have been taken for half-open meanwhile
    expect(await deleted).toMatch(/^(applied|queued)$/)
    await until(() => other.stats().queue.depth === 0, 10_000)
    await until(() => cache.stats().redis.state === 'ready', 10_000)
    await coherent(cache, 10_000)
    // what was loaded without Redis lived no longer than maxStaleness
    await sleep(B)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.read('kept', noLoad)).toMatchObject({ value: 'kept', outcome: 'hit' })
  })
})
