import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Caches, freshNamespace, noLoad } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('a value that rests after a failed load', () => {
  const caches = new Caches()
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  it('keeps nobody from storing a new one once its tag was invalidated', async () => {
    const namespace = freshNamespace()
    const cache = caches.patient(server.url, { namespace, memory: false })
    const options = {
      tags: ['t'],
      ttl: '1m',
      grace: '1m',
      softTimeout: '5s',
      retryAfter: '1m',
    } as const
    await cache.get('k', () => 'old', options)
    await cache.expire('k')
    const fail = (): never => {
      throw new Error('down')
    }
    expect(await cache.get('k', fail, options)).toBe('old')
    // the rest stands in Redis
    await until(async () =>
      /[1-9]/.test(await server.cli('GETRANGE', `s1:${namespace}:e:{k}`, '17', '31')),
    )
    expect(await cache.invalidateTags('t')).toBe('applied')
    const other = caches.patient(server.url, { namespace, memory: false })
    expect(await other.get('k', () => 'new', options)).toBe('new')
    expect(await other.get('k', noLoad, options)).toBe('new')
  })
})
