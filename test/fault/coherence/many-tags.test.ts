import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { Caches, freshNamespace } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('an invalidation of more tags than Lua takes at once', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(() => caches.close())
  afterAll(() => server.close())

  it('is carried out', async () => {
    const cache = caches.patient(server.url, { namespace })
    const other = caches.patient(server.url, { namespace })
    await cache.ready()
    const tags = Array.from({ length: 9_000 }, (_, i) => `tag-${i}`)
    await other.set('k', 1, { tags: ['tag-8999'] })
    await other.set('l', 1, { tags: ['tag-0'], grace: '1m' })
    expect(await cache.invalidateTags(tags.slice(1))).toBe('applied')
    await expect.poll(() => other.get('k')).toBeUndefined()
    expect(await cache.invalidateTags(tags, { soft: true })).toBe('applied')
    await expect.poll(() => other.get('l')).toBeUndefined()
    expect(cache.stats().queue.depth).toBe(0)
  })
})
