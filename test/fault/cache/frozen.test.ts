import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { Database } from '../../support/database.js'
import { ProcessWatch } from '../../support/process-watch.js'
import {
  describeRedis,
  freePort,
  type RedisServer,
  startRedis,
  until,
} from '../../support/redis-server.js'

const TIMEOUT = 100
const LOAD = 30
/** What a busy machine may add to a bound of the contract. */
const SLACK = 400

describeRedis('a cache whose Redis is away', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let namespace: string
  let database: Database

  beforeAll(async () => {
    server = await startRedis()
    // The first cache of a process loads ioredis, which must not count as slowness below.
    await caches.patient(server.url, { namespace: 'first' }).ready()
    await caches.close()
  })
  beforeEach(() => {
    namespace = freshNamespace()
    database = new Database({ latency: LOAD })
    watch.begin()
  })
  afterEach(async () => {
    try {
      server.cont()
    } catch {
      await server.restart()
    }
    await caches.close()
    await watch.end()
  })
  afterAll(() => server.close())

  /** A cache that has been in use, with its own idea of Redis well. */
  async function open(options: CacheOptions = {}) {
    const redis = { url: server.url, timeout: TIMEOUT, connectTimeout: 10_000 }
    const opened = caches.open({ namespace, redis, ...options })
    await opened.cache.ready()
    await until(() => opened.cache.stats().redis.state === 'ready')
    await opened.cache.set('warm', 1)
    return opened
  }

  async function timed<T>(work: () => Promise<T>): Promise<{ result: T; took: number }> {
    const start = performance.now()
    const result = await work()
    return { result, took: performance.now() - start }
  }

  const load = (key: string) => () => database.read(key)

  it('answers cold keys within timeout and load when Redis freezes, and recovers by itself', async () => {
    const { cache, codes, degraded, recovered } = await open()
    const other = caches.patient(server.url, { namespace })
    await other.set('known', 'from redis')
    server.stop()
    const took: number[] = []
    for (let i = 0; i < 20; i++) {
      const read = await timed(() => cache.read(`cold ${i}`, load(`cold ${i}`)))
      expect(read.result).toMatchObject({ outcome: 'miss', tier: 'loader' })
      took.push(read.took)
    }
    expect(Math.max(...took)).toBeLessThan(TIMEOUT + LOAD + SLACK)
    expect(cache.stats().redis).toMatchObject({ state: 'unavailable' })
    // Once the breaker is open nobody waits for Redis.
    const late = took.slice(10).toSorted((a, b) => a - b)
    expect(late[5]).toBeLessThan(LOAD + TIMEOUT)
    server.cont()
    const back = await timed(() =>
      until(async () => (await cache.get('known')) === 'from redis', 10_000),
    )
    expect(back.took).toBeLessThan(2_000 + SLACK)
    await until(() => recovered.length > 0)
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
    expect(degraded).toHaveLength(1)
    expect(recovered).toHaveLength(1)
    expect(cache.stats().redis).toEqual({ state: 'ready', breaker: 'closed' })
  })

  it('says one outage once, however long it lasts and however much is asked', async () => {
    const { cache, codes, degraded, recovered, errors } = await open()
    server.stop()
    const end = performance.now() + 7_500 // longer than the time after which the connection is dialled anew
    for (let i = 0; performance.now() < end; i++) {
      await Promise.all([cache.get(`a${i}`, load('a')), cache.delete(`b${i}`)])
    }
    expect(codes()).toEqual(['STRATA_REDIS_DOWN'])
    server.cont()
    await until(() => recovered.length > 0, 10_000)
    await until(() => cache.stats().queue.depth === 0)
    await sleep(300)
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
    expect([degraded.length, recovered.length, errors.length]).toEqual([1, 1, 0])
    expect(recovered[0]?.after).toBeGreaterThan(5_000)
    server.stop()
    for (let i = 0; i < 8; i++) await cache.get(`c${i}`, load('c'))
    server.cont()
    await until(() => recovered.length === 2, 10_000)
    expect(codes().slice(2)).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
  })

  it('answers at once when Redis is killed, and recovers by itself from an empty one', async () => {
    const { cache, codes, recovered } = await open()
    await cache.set('k', 'in memory')
    const other = caches.patient(server.url, { namespace })
    await other.set('gone', 1)
    await server.kill()
    for (let i = 0; i < 20; i++) {
      const read = await timed(() => cache.read(`cold ${i}`, load(`cold ${i}`)))
      expect(read.result).toMatchObject({ outcome: 'miss' })
      expect(read.took).toBeLessThan(TIMEOUT + LOAD + SLACK)
    }
    expect(await cache.get('k')).toBe('in memory')
    await server.restart()
    const back = await timed(() => until(() => recovered.length > 0, 15_000))
    // Dials are at most 2 s apart.
    expect(back.took).toBeLessThan(3_000 + SLACK)
    expect(await cache.get('gone'), 'lost with the old one').toBeUndefined()
    await cache.set('n', 1)
    expect(await caches.patient(server.url, { namespace }).get('n')).toBe(1)
    expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
  })

  it('waits for an absent Redis once, and then fails fast', async () => {
    const url = `redis://127.0.0.1:${await freePort()}`
    const { cache, codes, errors } = caches.open({ namespace, redis: { url, connectTimeout: 600 } })
    const first = await timed(() => cache.read('k', load('k')))
    expect(first.result).toMatchObject({ outcome: 'miss' })
    expect(first.took).toBeLessThan(600 + LOAD + SLACK)
    for (let i = 0; i < 10; i++) {
      const next = await timed(() => cache.get(`cold ${i}`, load('k')))
      expect(next.took).toBeLessThan(LOAD + SLACK)
    }
    expect(await cache.set('s', 1)).toBe('queued')
    expect(await cache.get('s')).toBe(1)
    expect(await cache.delete('d')).toBe('queued')
    expect(await cache.get('absent')).toBeUndefined()
    await sleep(1_000)
    expect(codes()).toEqual(['STRATA_REDIS_DOWN'])
    expect(errors).toEqual([])
  })

  it('finds a Redis that comes after the cache', async () => {
    const port = await freePort()
    const url = `redis://127.0.0.1:${port}`
    const { cache, recovered } = caches.open({ namespace, redis: { url, connectTimeout: 200 } })
    expect(await cache.get('k', () => 'early')).toBe('early')
    const late = await startRedis({ port })
    await until(() => recovered.length > 0, 10_000)
    await cache.set('k', 'late')
    expect(await caches.patient(url, { namespace }).get('k')).toBe('late')
    await caches.close()
    await late.close()
  })

  it('says a wrong password once and is not slow for it', async () => {
    const locked = await startRedis({ args: ['--requirepass', 'right'] })
    const url = `redis://:wrong@127.0.0.1:${locked.port}`
    const opened = caches.open({ namespace, redis: { url, connectTimeout: 20_000 } })
    const first = await timed(() => opened.cache.read('k', load('k')))
    expect(first.took, 'not suffered for connectTimeout').toBeLessThan(5_000)
    for (let i = 0; i < 10; i++) {
      const next = await timed(() => opened.cache.get(`cold ${i}`, load('k')))
      expect(next.took).toBeLessThan(LOAD + SLACK)
    }
    await sleep(2_000) // several dials
    expect(opened.codes()).toEqual(['STRATA_REDIS_DOWN'])
    expect(opened.lines[0]?.message).toContain('WRONGPASS')
    expect(opened.lines[0]?.message).not.toContain('wrong@')
    await locked.cli('-a', 'right', 'CONFIG', 'SET', 'requirepass', '')
    await caches.close()
    await locked.close()
  })

  it('loads once for all callers of a key, with one timeout', async () => {
    const { cache } = await open()
    server.stop()
    const all = await timed(() =>
      Promise.all(Array.from({ length: 500 }, () => cache.get('k', load('k')))),
    )
    expect(database.queries).toBe(1)
    expect(all.took).toBeLessThan(TIMEOUT + LOAD + SLACK)
  })

  it('takes what another call brought into memory while it waited for Redis', async () => {
    const redis = { url: server.url, timeout: 300, connectTimeout: 10_000 }
    const { cache } = await open({ redis })
    server.stop()
    const first = cache.read('k', load('k'))
    await sleep(150)
    const second = cache.read('k', load('k')) // its time is up 150 ms later, when the load has ended
    expect(await first).toMatchObject({ outcome: 'miss' })
    expect((await second).value).toEqual((await first).value)
    expect(database.queries).toBe(1)
  })

  it('serves getMany and batches during the outage', async () => {
    const { cache } = await open()
    const ids = Array.from({ length: 50 }, (_, i) => i)
    const key = (id: number): string => `row ${id}`
    let loads = 0
    const loadMany = async (missing: number[]): Promise<number[]> => {
      loads++
      await sleep(LOAD)
      return missing
    }
    const row = cache.define('row', { key: (id: number) => id, batch: true, loadMany })
    server.stop()
    const many = await timed(() => cache.getMany(ids, { key, load: loadMany }))
    expect([...many.result.values()]).toEqual(ids)
    expect(many.took).toBeLessThan(TIMEOUT + LOAD + SLACK)
    expect(loads).toBe(1)
    const batch = await timed(() => Promise.all(ids.map((id) => row(id))))
    expect(batch.result).toEqual(ids)
    expect(batch.took).toBeLessThan(TIMEOUT + LOAD + SLACK)
    expect(loads).toBe(2)
    expect([...(await cache.getMany(ids, { key })).values()], 'from memory').toEqual(ids)
  })

  it('serves what is stale and keeps at it while Redis is frozen', async () => {
    const { cache } = await open()
    await cache.set('k', 'old', { ttl: 100, grace: '1m' })
    await sleep(150)
    server.stop()
    const failing = (): never => {
      throw new Error('the database is down too')
    }
    for (let i = 0; i < 5; i++) {
      const read = await timed(() => cache.read('k', failing))
      expect(read.result).toMatchObject({ value: 'old', outcome: 'stale', tier: 'memory' })
      expect(read.took).toBeLessThan(TIMEOUT + SLACK)
    }
  })

  it('keeps what it loaded meanwhile for outage.ttl', async () => {
    const { cache } = await open({ outage: { ttl: 700 } })
    server.stop()
    for (let i = 0; i < 6; i++) await cache.get(`other ${i}`, load('other'))
    const begun = performance.now()
    await cache.get('k', load('k'), { ttl: '1h', grace: '1h' })
    const before = database.queries
    expect(await cache.read('k', load('k'))).toMatchObject({ outcome: 'hit', tier: 'memory' })
    expect(database.queries).toBe(before)
    await sleep(Math.max(0, 720 - (performance.now() - begun)))
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.read('k', load('k'))).toMatchObject({ outcome: 'miss' })
  })

  describe('with throwOnCacheError', () => {
    it('rejects reads that Redis did not answer, also once it is no longer asked', async () => {
      const { cache } = await open({ throwOnCacheError: true })
      await cache.set('k', 1)
      server.stop()
      const refusal = { code: 'STRATA_TIER_UNAVAILABLE', tier: 'redis' }
      await expect(cache.get('cold', load('cold'))).rejects.toMatchObject({
        ...refusal,
        reason: 'timeout',
      })
      expect(await cache.get('k'), 'memory needs no Redis').toBe(1)
      for (let i = 0; i < 8; i++) {
        await expect(cache.get(`cold ${i}`, load('cold'))).rejects.toMatchObject(refusal)
      }
      await expect(cache.get('cold')).rejects.toMatchObject(refusal)
    })
  })

  it('frees those who wait when the connection is cut', async () => {
    const redis = { url: server.url, ...PATIENT }
    const opened = caches.open({ namespace, redis })
    await opened.cache.set('warm', 1)
    server.stop()
    const reading = timed(() => opened.cache.get('cold', load('cold')))
    await sleep(100)
    await server.kill()
    const { took } = await reading
    expect(took, 'far less than the timeout of 10 s').toBeLessThan(3_000)
    await server.restart()
    await until(() => opened.recovered.length > 0, 10_000)
  })
})
