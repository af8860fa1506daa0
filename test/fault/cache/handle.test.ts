import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import * as handle from '../../../src/cache/handle.js'
import type { Condition } from '../../../src/cache/handle.js'
import { type Cache, TierUnavailableError } from '../../../src/index.js'
import { Caches, freshNamespace } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const TIMEOUT = 200
const is = (id: string): Condition => ({ kind: 'is', ids: [id] })

describeRedis('the handle of a cache whose Redis freezes', () => {
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

  async function open(): Promise<Cache> {
    const redis = { url: server.url, timeout: TIMEOUT, connectTimeout: 10_000 }
    const { cache } = caches.open({ namespace, redis })
    await until(() => cache.stats().redis.state === 'ready')
    return cache
  }
  const others = (): Cache => caches.patient(server.url, { namespace, memory: false })
  const isBack = (cache: Cache): Promise<void> =>
    until(() => {
      const { redis, queue } = cache.stats()
      return redis.state === 'ready' && redis.breaker === 'closed' && queue.depth === 0
    })

  it('rejects writes with a condition, which do nothing when they arrive late', async () => {
    const cache = await open()
    const { id } = await handle.put(cache, 'k', 'old', {})
    server.stop()
    const writes = await Promise.allSettled([
      handle.put(cache, 'k', 'new', {}, is(id)),
      handle.remove(cache, 'k', is(id)),
    ])
    for (const write of writes) {
      expect((write as PromiseRejectedResult).reason).toBeInstanceOf(TierUnavailableError)
    }
    server.cont()
    await isBack(cache)
    expect(await others().read('k')).toMatchObject({ value: 'old', id })
    expect(await cache.read('k')).toMatchObject({ value: 'old', id })
    expect((await handle.put(cache, 'k', 'new', {}, is(id))).result).toBe('applied')
    expect(await others().get('k')).toBe('new')
  })

  it('keeps nothing of a fill whose outcome is not known, and what came of it is found in Redis', async () => {
    const cache = await open()
    const answer = await handle.lease(cache, 'k', { ttl: '1m', wait: 0 })
    if (answer.kind !== 'yours') throw new Error(`not given: ${answer.kind}`)
    server.stop()
    const fill = handle.fill(cache, 'k', answer.token, 'filled', {})
    await expect(fill).rejects.toBeInstanceOf(TierUnavailableError)
    expect(cache.peek('k')).toBeUndefined()
    server.cont()
    await isBack(cache)
    // the lease was still held when the fill arrived
    await until(async () => (await others().get('k')) === 'filled')
    expect((await handle.fill(cache, 'k', answer.token, 'again', {})).result).toBe('revoked')
    expect(await cache.get('k')).toBe('filled')
  })

  it('gives no leases, and gives those back that came too late', async () => {
    const cache = await open()
    server.stop()
    const lease = handle.lease(cache, 'k', { ttl: '1m', wait: 0 })
    await expect(lease).rejects.toBeInstanceOf(TierUnavailableError)
    server.cont()
    await isBack(cache)
    const wish = { ttl: '1m', wait: '10s' } as const
    expect((await handle.lease(others(), 'k', wish)).kind).toBe('yours')
  })
})
