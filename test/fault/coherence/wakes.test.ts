import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { Caches, freshNamespace } from '../../support/caches.js'
import { gate } from '../../support/gate.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('the end of a load', () => {
  const caches = new Caches()
  let server: RedisServer

  beforeAll(async () => {
    server = await startRedis()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  it('wakes those who wait in the same process', async () => {
    const namespace = freshNamespace()
    const cache = caches.patient(server.url, { namespace })
    await cache.ready()
    const loading = gate()
    const first = cache.get('k', () => loading.promise.then(() => 'old'), { tags: ['t'] })
    await until(async () => (await server.cli('EXISTS', `s1:${namespace}:e:{k}`)) === '1')
    await cache.invalidateTags('t')
    const second = cache.get('k', () => 'new', { tags: ['t'] })
    await until(
      async () => (await server.cli('GETRANGE', `s1:${namespace}:e:{k}`, '32', '32')) === '1',
    )
    const begun = performance.now()
    loading.open()
    expect(await second).toBe('new')
    expect(performance.now() - begun).toBeLessThan(500)
    await first
  })
})
