import { Keyv } from 'keyv'
import Keyv4 from 'keyv4'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { createCacheManager } from '../../../src/compat/cache-manager.js'
import { createKeyvStore } from '../../../src/compat/keyv.js'
import type { Cache } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('Keyv and cache-manager while Redis dies in use', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let cache: Cache

  beforeAll(async () => {
    server = await startRedis()
  })
  beforeEach(async () => {
    watch.begin()
    const redis = { url: server.url, timeout: 100, connectTimeout: 10_000 }
    cache = caches.open({ namespace: freshNamespace(), redis }).cache
    await isBack()
  })
  afterEach(async () => {
    await caches.close()
    await watch.end()
  })
  afterAll(() => server.close())

  const isBack = () => until(() => cache.stats().redis.state === 'ready', 15_000)

  it('Keyv: reads and writes go on in memory, and nothing is an error', async () => {
    const keyv = new Keyv({ store: createKeyvStore(cache), throwOnErrors: true })
    const errors: unknown[] = []
    keyv.on('error', (error) => errors.push(error))
    await keyv.set('old', 1)
    await server.kill()
    expect(await keyv.set('new', 2)).toBe(true)
    expect(await keyv.get('new')).toBe(2)
    expect(await keyv.getMany(['new', 'nothing'])).toEqual([2, undefined])
    expect(await keyv.has('nothing')).toBe(false)
    expect(await keyv.delete('nothing')).toBe(false)
    await keyv.delete('old')
    await keyv.clear()
    expect(await keyv.get('new')).toBeUndefined()
    await server.restart()
    await isBack()
    expect(await keyv.set('k', 3)).toBe(true)
    expect([await keyv.get('k'), await keyv.get('old')]).toEqual([3, undefined])
    expect(errors).toEqual([])
  })

  it('Keyv 4, whose errors are thrown where nobody listens: none is', async () => {
    const keyv = new Keyv4({ store: createKeyvStore(cache) })
    await keyv.set('k', 1)
    await server.kill()
    await keyv.set('k', 2)
    expect(await keyv.get('k')).toBe(2)
    await keyv.delete('k')
    expect(await keyv.get('k')).toBeUndefined()
    await server.restart()
    await isBack()
  })

  it('with throwOnCacheError Keyv tells of it, and rejects with throwOnErrors', async () => {
    const redis = { url: server.url, timeout: 100, connectTimeout: 10_000 }
    const options = { namespace: freshNamespace(), redis, throwOnCacheError: true }
    const { cache: loud } = caches.open(options)
    await until(() => loud.stats().redis.state === 'ready', 15_000)
    const keyv = new Keyv({ store: createKeyvStore(loud), throwOnErrors: true })
    await server.kill()
    await expect(keyv.get('k')).rejects.toMatchObject({ code: 'STRATA_TIER_UNAVAILABLE' })
    await server.restart()
  })

  it('cache-manager: wrap runs its function, writes go on in memory, nothing rejects', async () => {
    const manager = createCacheManager(cache, { ttl: '1m' })
    await manager.set('old', 1)
    await server.kill()
    expect(await manager.wrap('k', () => Promise.resolve('loaded'))).toBe('loaded')
    expect(await manager.set('new', 2)).toBe(2)
    expect(await manager.mget(['new', 'k', 'nothing'])).toEqual([2, 'loaded', undefined])
    expect(await manager.del('old')).toBe(true)
    expect(await manager.ttl('nothing')).toBeUndefined()
    expect(await manager.clear()).toBe(true)
    expect(await manager.get('new')).toBeUndefined()
    await server.restart()
    await isBack()
    expect(await manager.wrap('k', () => 'again')).toBe('again')
    expect(await manager.get('old')).toBeUndefined()
  })
})
