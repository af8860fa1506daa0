import * as client from 'prom-client'
import { type OpenMetricsContentType, Registry } from 'prom-client'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { tierChannel } from '../../../src/cache/channels.js'
import type { CacheStats } from '../../../src/cache/stats.js'
import { createCache, type CacheOptions } from '../../../src/create-cache.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { promMetrics, type PromOptions, type StatsSource } from '../../../src/telemetry/index.js'

let registry: Registry

beforeEach(() => {
  registry = new Registry()
})

function cacheOf(options: CacheOptions): Cache {
  const cache = createCache({ logger: false, jitter: 0, ...options })
  onTestFinished(() => cache.close())
  return cache
}

function measure(caches: StatsSource | readonly StatsSource[], options: PromOptions = {}) {
  const stop = promMetrics(caches, { registry, ...options })
  onTestFinished(stop)
  return stop
}

/** The sample lines, without comments. */
async function samples(of: Registry = registry): Promise<string[]> {
  return (await of.metrics()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
}

async function sample(name: string): Promise<number> {
  const line = (await samples()).find((one) => one.startsWith(`${name} `))
  return line === undefined ? Number.NaN : Number(line.slice(name.length + 1))
}

describe('promMetrics', () => {
  it('counts reads by outcome and tier, those before it included', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    await cache.get('a', () => 1)
    measure(cache)
    await cache.get('a', () => 2)
    await cache.get('a')
    await cache.get('b')
    expect((await samples()).filter((line) => line.startsWith('strata_reads'))).toEqual([
      'strata_reads_total{namespace="shop",outcome="miss",tier="loader"} 1',
      'strata_reads_total{namespace="shop",outcome="miss",tier="none"} 1',
      'strata_reads_total{namespace="shop",outcome="hit",tier="memory"} 2',
    ])
  })

  it('adds what happened since the scrape before, no more', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    const hits = 'strata_reads_total{namespace="shop",outcome="hit",tier="memory"}'
    await cache.set('a', 1)
    await cache.get('a')
    expect(await sample(hits)).toBe(1)
    expect(await sample(hits)).toBe(1)
    await cache.get('a')
    expect(await sample(hits)).toBe(2)
  })

  it('measures loads, apart by how they end', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    await cache.get('a', () => new Promise((resolve) => setTimeout(resolve, 20, 'x')))
    await cache.get('b', () => Promise.reject(new Error('down'))).catch(() => undefined)
    await cache
      .get('c', () => {
        throw new Error('at once')
      })
      .catch(() => undefined)
    expect(await sample('strata_load_seconds_count{namespace="shop",result="ok"}')).toBe(1)
    expect(await sample('strata_load_seconds_count{namespace="shop",result="error"}')).toBe(2)
    const seconds = await sample('strata_load_seconds_sum{namespace="shop",result="ok"}')
    expect(seconds).toBeGreaterThan(0.015)
    expect(seconds).toBeLessThan(5)
  })

  it('observes a load of many once for each key', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    const load = (ids: number[]) => ids
    await cache.getMany([1, 2, 3], { key: String, load })
    expect(await sample('strata_load_seconds_count{namespace="shop",result="ok"}')).toBe(3)
  })

  it('has buckets from 1 ms to 30 s, or those given', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    measure(cache, { prefix: 'my_', buckets: [1, 2] })
    await cache.get('a', () => 1)
    const boundsOf = async (prefix: string) =>
      (await samples())
        .filter((line) => line.startsWith(`${prefix}load_seconds_bucket`))
        .map((line) => /le="([^"]*)"/.exec(line)?.[1])
    expect(await boundsOf('strata_')).toEqual(
      '0.001 0.0025 0.005 0.01 0.025 0.05 0.1 0.25 0.5 1 2.5 5 10 30 +Inf'.split(' '),
    )
    expect(await boundsOf('my_')).toEqual(['1', '2', '+Inf'])
  })

  it('counts invalidations by kind and result', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    await cache.delete('a')
    await cache.deleteMany(['b', 'c'])
    await cache.expire('a')
    await cache.invalidateTags(['x', 'y'])
    await cache.clear()
    const lines = (await samples()).filter((line) => line.startsWith('strata_invalidations'))
    expect(lines).toEqual([
      'strata_invalidations_total{namespace="shop",kind="remove",result="applied"} 2',
      'strata_invalidations_total{namespace="shop",kind="expire",result="applied"} 1',
      'strata_invalidations_total{namespace="shop",kind="tags",result="applied"} 1',
      'strata_invalidations_total{namespace="shop",kind="clear",result="applied"} 1',
    ])
  })

  it('counts failures of a tier and records that could not be used', async () => {
    measure(cacheOf({ namespace: 'shop' }))
    for (const reason of ['timeout', 'timeout', 'oversize']) {
      tierChannel.publish({ namespace: 'shop', tier: 'redis', reason })
    }
    expect((await samples()).filter((line) => line.startsWith('strata_tier'))).toEqual([
      'strata_tier_errors_total{tier="redis",reason="timeout"} 2',
      'strata_tier_errors_total{tier="redis",reason="oversize"} 1',
    ])
  })

  it('shows memory and queue as they are at the scrape', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    await cache.set('a', 'x'.repeat(1_000))
    expect(await sample('strata_memory_entries{namespace="shop"}')).toBe(1)
    expect(await sample('strata_memory_bytes{namespace="shop"}')).toBe(cache.stats().memory.bytes)
    expect(await sample('strata_queue_depth{namespace="shop"}')).toBe(0)
    await cache.delete('a')
    expect(await sample('strata_memory_entries{namespace="shop"}')).toBe(0)
  })

  it('is deaf to caches it was not given', async () => {
    const [mine, other] = [cacheOf({ namespace: 'mine' }), cacheOf({ namespace: 'minestrone' })]
    measure(mine)
    await other.get('a', () => 1)
    await other.delete('a')
    expect((await samples()).filter((line) => line.includes('minestrone'))).toEqual([])
  })

  it('counts the children of what is given, and the memory they share once', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    const child = cache.namespace('eu')
    measure(cache)
    await child.get('a', () => 1)
    await child.get('a', () => 1)
    expect(
      await sample('strata_reads_total{namespace="shop.eu",outcome="hit",tier="memory"}'),
    ).toBe(1)
    expect((await samples()).filter((line) => line.startsWith('strata_memory_entries'))).toEqual([
      'strata_memory_entries{namespace="shop"} 1',
    ])
  })

  it('hears loads and invalidations of children', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    const child = cache.namespace('eu')
    await child.get('a', () => 1)
    await child.delete('a')
    expect(await sample('strata_load_seconds_count{namespace="shop.eu",result="ok"}')).toBe(1)
  })

  it('reads all namespaces from a cache that tells of them', async () => {
    const source = manyNamespaces(3)
    measure([source, childOf(source)])
    const lines = (await samples()).filter((line) => line.startsWith('strata_reads'))
    expect(lines).toEqual([
      'strata_reads_total{namespace="shop.0",outcome="hit",tier="memory"} 1',
      'strata_reads_total{namespace="shop.1",outcome="hit",tier="memory"} 1',
      'strata_reads_total{namespace="shop.2",outcome="hit",tier="memory"} 1',
    ])
  })

  it('tells the first hundred namespaces apart', async () => {
    measure(manyNamespaces(130))
    const lines = (await samples()).filter((line) => line.startsWith('strata_reads'))
    expect(lines).toHaveLength(101)
    expect(lines.at(-1)).toBe(
      'strata_reads_total{namespace="other",outcome="hit",tier="memory"} 30',
    )
  })
})

describe('registering again', () => {
  it('adds a second cache to the metrics that are there', async () => {
    const [shop, blog] = [cacheOf({ namespace: 'shop' }), cacheOf({ namespace: 'blog' })]
    measure(shop)
    measure(blog)
    await shop.set('a', 1)
    await blog.get('a', () => 1)
    expect(await sample('strata_memory_entries{namespace="shop"}')).toBe(1)
    expect(await sample('strata_memory_entries{namespace="blog"}')).toBe(1)
    expect(await sample('strata_load_seconds_count{namespace="blog",result="ok"}')).toBe(1)
  })

  it('counts the same cache once', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    const stop = measure(cache)
    measure(cache)
    await cache.get('a', () => 1)
    await cache.delete('a')
    const expectOnce = async () => {
      expect(await sample('strata_load_seconds_count{namespace="shop",result="ok"}')).toBe(1)
      expect(
        await sample('strata_reads_total{namespace="shop",outcome="miss",tier="loader"}'),
      ).toBe(1)
    }
    await expectOnce()
    stop()
    await expectOnce()
  })

  it('brings back what registry.clear() has thrown out', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    measure(cache)
    registry.clear()
    measure(cache)
    await cache.set('a', 1)
    expect(await sample('strata_memory_entries{namespace="shop"}')).toBe(1)
  })

  it('says so when something else has one of the names, and has then registered nothing', () => {
    const taken = new client.Gauge({ name: 'strata_queue_depth', help: 'x', registers: [registry] })
    expect(() => measure(cacheOf({}))).toThrow(
      new InvalidOptionError(
        'prefix',
        'strata_',
        "a prefix whose names are free in the registry ('strata_queue_depth' is taken by something else)",
      ),
    )
    expect(registry.getMetricsAsArray()).toEqual([taken])
  })
})

describe('stopping', () => {
  it('takes the metrics out, and a later start begins with all that was counted', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    const stop = measure(cache)
    await cache.get('a', () => 1)
    stop()
    stop()
    expect(await samples()).toEqual([])
    await cache.get('a', () => 1)
    measure(cache)
    expect(await sample('strata_reads_total{namespace="shop",outcome="miss",tier="loader"}')).toBe(
      1,
    )
    expect(await sample('strata_reads_total{namespace="shop",outcome="hit",tier="memory"}')).toBe(1)
  })

  it('keeps the counts of a cache that leaves while another stays', async () => {
    const [shop, blog] = [cacheOf({ namespace: 'shop' }), cacheOf({ namespace: 'blog' })]
    const stop = measure(shop)
    measure(blog)
    await shop.get('a', () => 1)
    stop()
    const misses = 'strata_reads_total{namespace="shop",outcome="miss",tier="loader"}'
    expect(await sample(misses)).toBe(1)
    await shop.get('b', () => 1)
    expect(await sample(misses)).toBe(1)
    measure(shop)
    expect(await sample(misses)).toBe(2)
  })

  it('observes no load that is still under way', async () => {
    const [shop, blog] = [cacheOf({ namespace: 'shop' }), cacheOf({ namespace: 'blog' })]
    const stop = measure(shop)
    measure(blog, { prefix: 'other_' })
    let finish: (value: number) => void = () => undefined
    const value = shop.get('a', () => new Promise<number>((resolve) => (finish = resolve)))
    await new Promise(setImmediate)
    stop()
    finish(1)
    expect(await value).toBe(1)
    expect((await samples()).filter((line) => line.includes('load_seconds'))).toEqual([])
  })
})

describe('options of promMetrics', () => {
  it('registers with the global register of prom-client when no registry is given', async () => {
    const cache = cacheOf({ namespace: 'shop' })
    const stop = promMetrics(cache)
    expect(client.register.getSingleMetric('strata_reads_total')).toBeDefined()
    stop()
    expect(client.register.getSingleMetric('strata_reads_total')).toBeUndefined()
  })

  it('takes the module itself', () => {
    const stop = promMetrics(cacheOf({}), { client })
    expect(client.register.getSingleMetric('strata_reads_total')).toBeDefined()
    stop()
  })

  it('works with an OpenMetrics registry', async () => {
    const open = new Registry<OpenMetricsContentType>()
    open.setContentType(Registry.OPENMETRICS_CONTENT_TYPE)
    const cache = cacheOf({ namespace: 'shop' })
    const stop = promMetrics(cache, { registry: open })
    await cache.get('a', () => 1)
    const line = 'strata_reads_total{namespace="shop",outcome="miss",tier="loader"} 1'
    expect(await open.metrics()).toContain(line)
    expect(await open.metrics()).toContain(line)
    stop()
    expect(await open.metrics()).toBe('\n# EOF\n')
  })

  it.each<[string, unknown]>([
    ['prefix', { prefix: '1x' }],
    ['prefix', { prefix: 'a b' }],
    ['buckets', { buckets: [] }],
    ['buckets', { buckets: [1, 1] }],
    ['buckets', { buckets: [0] }],
    ['buckets', { buckets: 'many' }],
    ['registry', { registry: {} }],
    ['client', { client: {} }],
    ['registrys', { registrys: 1 }],
  ])('refuses %s: %o', (option, options) => {
    expect(() => promMetrics(cacheOf({}), options as PromOptions)).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION', option }),
    )
  })

  it('refuses what is no cache', () => {
    expect(() => promMetrics([cacheOf({}), {} as StatsSource])).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION', option: 'caches' }),
    )
  })
})

function manyNamespaces(count: number): StatsSource {
  const plain = createCache().stats()
  const stats = (namespace: string): CacheStats => ({
    ...plain,
    namespace,
    reads: namespace === 'shop' ? {} : { hit: { memory: 1 } },
  })
  return {
    stats: () => stats('shop'),
    allStats: () => [stats('shop'), ...Array.from({ length: count }, (_, i) => stats(`shop.${i}`))],
  }
}

function childOf(parent: StatsSource): StatsSource {
  const stats = () => ({ ...parent.allStats?.()[1] }) as CacheStats
  return { stats }
}
