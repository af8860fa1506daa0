import { Registry } from 'prom-client'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createCache } from '../../src/create-cache.js'
import { promMetrics } from '../../src/telemetry/index.js'
import { describeRedis, startRedis, until, type RedisServer } from '../support/redis-server.js'

describeRedis('promMetrics with Redis', () => {
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })

  afterAll(() => server.close())

  it('tells reads from Redis, its failures, and the invalidations it has still to be told', async () => {
    const redis = { url: server.url, timeout: '250ms', connectTimeout: '10s' } as const
    const options = { namespace: 'shop', ttl: '1h', memory: false, logger: false, redis } as const
    const cache = createCache(options)
    const registry = new Registry()
    const stop = promMetrics(cache, { registry })
    const value = async (sample: string): Promise<number> => {
      const line = (await registry.metrics())
        .split('\n')
        .find((one) => one.startsWith(`${sample} `))
      return Number(line?.split(' ').at(-1) ?? 0)
    }

    expect(await cache.ready()).toEqual({ redis: 'ready' })
    await cache.set('a', 1)
    expect(await cache.get('a')).toBe(1)
    expect(await value('strata_reads_total{namespace="shop",outcome="hit",tier="redis"}')).toBe(1)
    expect(await cache.delete('a')).toBe('applied')
    expect(await value('strata_redis_unavailable{namespace="shop"}')).toBe(0)

    server.stop()
    expect(await cache.get('a', () => 2)).toBe(2)
    expect(await value('strata_tier_errors_total{tier="redis",reason="timeout"}')).toBe(1)
    expect(await cache.delete('a')).toBe('queued')
    expect(await value('strata_queue_depth{namespace="shop"}')).toBe(1)
    const kinds = 'strata_invalidations_total{namespace="shop",kind="remove",result='
    expect(await value(`${kinds}"applied"}`)).toBe(1)
    expect(await value(`${kinds}"queued"}`)).toBe(1)
    await until(async () => {
      await cache.get('b', () => 3)
      return (await value('strata_redis_unavailable{namespace="shop"}')) === 1
    }, 20_000)

    server.cont()
    await until(async () => (await value('strata_queue_depth{namespace="shop"}')) === 0, 20_000)
    expect(await value('strata_redis_unavailable{namespace="shop"}')).toBe(0)
    stop()
    await cache.close()
  })
})
