import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { OverloadedError, type CacheOptions, type LoadContext } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { Database } from '../../support/database.js'
import { generateLoad, quantile } from '../../support/load-generator.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const TIMEOUT = 100
const LATENCY = 20
const MAX_LOADS = 64
/** What a busy machine may add to a bound of the contract. */
const SLACK = 500

describeRedis('a busy cache whose Redis freezes', () => {
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

  async function open(options: CacheOptions = {}) {
    const redis = { url: server.url, timeout: TIMEOUT, connectTimeout: 10_000 }
    const opened = caches.open({ namespace, redis, ...options })
    await until(() => opened.cache.stats().redis.state === 'ready', 15_000)
    return opened
  }

  it.each([
    ['with grace', { grace: 3_600_000 }],
    ['without grace', { grace: 0 }],
  ])(
    'keeps 2,000 requests/s for 200 hot keys answered and the database unharmed, %s',
    async (_, policy) => {
      const database = new Database({ latency: LATENCY })
      const { cache, codes } = await open({ ...policy, outage: { maxLoads: MAX_LOADS } })
      const key = (i: number): string => `hot ${(i * 7_919) % 200}`
      const keys = Array.from({ length: 200 }, (_, i) => `hot ${i}`)
      // No two keys end together: how many load at once while Redis is well is not the question.
      const load = async (context: LoadContext) => {
        context.ttl(800 + Number(context.key.slice(4)) * 4)
        return await database.read(context.key)
      }
      await cache.warm(keys, { load, concurrency: 32 })
      const other = caches.patient(server.url, { namespace })
      await other.set('sentinel', 'from redis', { ttl: '1h' })

      let backAfter: number | undefined
      let peak = 0
      const timeline = (async () => {
        await sleep(1_500)
        server.stop()
        database.maxConnections = MAX_LOADS
        database.resetPeak()
        await sleep(2_500)
        peak = database.peak
        database.maxConnections = Number.POSITIVE_INFINITY
        server.cont()
        const begun = performance.now()
        await until(async () => (await cache.get('sentinel')) === 'from redis', 10_000)
        backAfter = performance.now() - begun
      })()
      const samples = await generateLoad({ rate: 2_000, duration: 6_000 }, (i) =>
        cache.get(key(i), load),
      )
      await timeline

      const errors = samples.filter(({ error }) => error !== undefined)
      const during = samples.filter(({ at }) => at > 1_500 && at < 4_000)
      report(policy.grace === 0 ? 'hot keys without grace' : 'hot keys with grace', {
        requests: samples.length,
        errors: errors.length,
        p50: quantile(samples, 0.5),
        p99: quantile(samples, 0.99),
        'p99 in the outage': quantile(during, 0.99),
        max: quantile(samples, 1),
        queries: database.queries,
        peak,
        'back after': backAfter ?? -1,
      })
      expect(errors.map(({ error }) => String(error)).slice(0, 3)).toEqual([])
      expect(samples.length).toBeGreaterThan(11_000)
      expect(database.refused).toBe(0)
      expect(peak).toBeLessThanOrEqual(MAX_LOADS)
      expect(quantile(during, 0.99)).toBeLessThan(TIMEOUT + LATENCY + SLACK)
      expect(backAfter).toBeLessThan(2_000 + SLACK)
      expect(codes()).toEqual(['STRATA_REDIS_DOWN', 'STRATA_REDIS_BACK'])
    },
  )

  it('bounds what thousands of unique cold keys cost', async () => {
    const database = new Database({ latency: LATENCY, maxConnections: MAX_LOADS })
    const { cache } = await open({
      outage: { maxLoads: MAX_LOADS, maxWaiting: 500 },
      memory: { maxEntries: 1_000 },
    })
    server.stop()
    for (let i = 0; i < 6; i++) await cache.get(`first ${i}`, ({ key }) => database.read(key))
    const before = process.memoryUsage().heapUsed
    // far more than 64 loads of 20 ms can serve (3,200 a second)
    const samples = await generateLoad({ rate: 8_000, duration: 3_000 }, (i) =>
      cache.get(`cold ${i}`, ({ key }) => database.read(key)),
    )
    const grown = process.memoryUsage().heapUsed - before
    const errors = samples.map(({ error }) => error).filter((error) => error !== undefined)
    report('cold keys', {
      requests: samples.length,
      refused: errors.length,
      p99: quantile(samples, 0.99),
      max: quantile(samples, 1),
      peak: database.peak,
      'heap MB': grown / 2 ** 20,
    })
    expect(errors.length, 'the test must ask for too much').toBeGreaterThan(0)
    expect(errors.every((error) => error instanceof OverloadedError)).toBe(true)
    expect(errors.length).toBeLessThan(samples.length)
    expect(database.refused).toBe(0)
    expect(database.peak).toBeLessThanOrEqual(MAX_LOADS)
    // a load waits at most 1 s for its turn
    expect(quantile(samples, 1)).toBeLessThan(TIMEOUT + 1_000 + LATENCY + 2 * SLACK)
    expect(cache.stats().memory.entries).toBeLessThanOrEqual(1_000)
    // the samples themselves are some megabytes
    expect(grown).toBeLessThan(120 * 2 ** 20)
  })

  it('refuses nobody whose load gets its turn within a second', async () => {
    const database = new Database({ latency: LATENCY, maxConnections: 4 })
    const { cache } = await open({ outage: { maxLoads: 4 } })
    server.stop()
    for (let i = 0; i < 6; i++) await cache.get(`first ${i}`, ({ key }) => database.read(key))
    const keys = Array.from({ length: 80 }, (_, i) => `cold ${i}`)
    const rows = await Promise.all(
      keys.map((key) => cache.get(key, ({ key }) => database.read(key))),
    )
    expect(rows.map(({ key }) => key)).toEqual(keys)
    expect(database.peak).toBe(4)
  })

  it('counts a batch as one load, and bounds batches alike', async () => {
    const database = new Database({ latency: LATENCY })
    const { cache } = await open({ outage: { maxLoads: 2 }, maxBatch: 10 })
    server.stop()
    for (let i = 0; i < 6; i++) await cache.get(`first ${i}`, ({ key }) => database.read(key))
    database.resetPeak()
    const ids = Array.from({ length: 200 }, (_, i) => i)
    const key = (id: number): string => `row ${id}`
    const load = (missing: number[]) => database.readMany(missing.map(key))
    const rows = await cache.getMany(ids, { key, load })
    expect(rows.size).toBe(200)
    expect(database.peak).toBe(2)
  })
})

/** Numbers worth reading in the log of a run. */
function report(title: string, numbers: Readonly<Record<string, number>>): void {
  const text = Object.entries(numbers).map(
    ([name, value]) => `${name} ${Math.round(value * 10) / 10}`,
  )
  process.stdout.write(`${title}: ${text.join(', ')}\n`)
}
