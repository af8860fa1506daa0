import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace } from '../../support/caches.js'
import { gate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('a lease whose load is over', () => {
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
    server.cont()
    await caches.close()
  })
  afterAll(() => server.close())

  const leaseOf = (key: string): Promise<string> =>
    server.cli('GETRANGE', `s1:${namespace}:e:{${key}}`, '5', '16')

  it.each([
    ['the fill', (): string => 'first'],
    [
      'the release',
      (): string => {
        throw new Error('the load failed')
      },
    ],
  ])('is not kept alive when %s could not be sent', async (_, end) => {
    const breaker = { failures: 2, halfOpenAfter: 100 }
    const redis = { url: server.url, timeout: 200, connectTimeout: '20s', breaker } as const
    const { cache } = caches.open({ namespace, redis, memory: false, lease: { ttl: 300 } })
    await cache.ready()
    const loading = gate()
    const first = cache.get('k', async () => {
      await loading.promise
      return end()
    })
    await until(async () => (await leaseOf('k')) !== '')
    server.stop()
    await Promise.all([cache.get('x'), cache.get('y'), cache.get('z')])
    expect(cache.stats().redis.breaker).not.toBe('closed')
    loading.open()
    await first.catch(() => undefined)
    server.cont()
    await until(() => cache.stats().redis.breaker === 'closed')
    await sleep(1_000)
    expect(await leaseOf('k'), 'renewed by nobody').not.toMatch(/\w/)
    const begun = performance.now()
    expect(await cache.get('k', () => 'second')).toBe('second')
    expect(performance.now() - begun).toBeLessThan(500)
  })
})
