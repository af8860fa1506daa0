import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { blind, coherent } from '../../support/bus-caches.js'
import { Caches, freshNamespace, type OpenedCache } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const B = 500

describeRedis('a process that hears nothing, its Redis gone', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let namespace: string

  beforeEach(async () => {
    server = await startRedis()
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    await caches.close()
    await watch.end()
    await server.close()
  })

  /** 'k' is in memory with an hour of grace, 'bare' without; then Redis goes. */
  async function openBlind(options: CacheOptions = {}): Promise<OpenedCache['cache']> {
    const { cache } = caches.open({
      namespace,
      redis: { url: server.url, timeout: 100, connectTimeout: 10_000 },
      ttl: '10m',
      ...options,
      coherence: { maxStaleness: B, ...options.coherence },
    })
    await cache.get('k', () => 'old', { grace: '1h' })
    await cache.get('bare', () => 'old', { grace: 0 })
    await coherent(cache)
    await server.kill()
    expect(cache.peek('k'), 'trusted for a moment').toBe('old')
    await blind(cache)
    return cache
  }

  const failing = (): Promise<never> => Promise.reject(new Error('no database either'))

  it('serves what has grace, and says that it may be wrong', async () => {
    const cache = await openBlind()
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.get('k'), 'without a loader').toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(await cache.read('k', failing, { grace: '1h' })).toMatchObject({
      value: 'old',
      outcome: 'stale',
      tier: 'memory',
      incoherent: true,
    })
    expect(cache.stats().bus).toMatchObject({ coherent: false })
    expect(cache.stats().bus.reason).toBeTypeOf('string')
  })

  it('serves it when the loader takes longer than softTimeout', async () => {
    const cache = await openBlind()
    const options = { grace: '1h', softTimeout: '50ms' } as const
    const slow = () => new Promise<string>(() => {})
    expect(await cache.read('k', slow, options)).toMatchObject({ value: 'old', incoherent: true })
  })

  it('prefers what the loader brings in time, and keeps that for a moment', async () => {
    const cache = await openBlind()
    const load = vi.fn(() => 'new')
    const options = { grace: '1h', softTimeout: false } as const
    expect(await cache.read('k', load, options)).toMatchObject({
      value: 'new',
      outcome: 'miss',
      tier: 'loader',
      incoherent: false,
    })
    expect(await cache.read('k', load, options)).toMatchObject({
      value: 'new',
      outcome: 'hit',
      incoherent: false,
    })
    expect(load).toHaveBeenCalledTimes(1)
    // no longer than maxStaleness: nobody can tell it of what others invalidate
    await until(() => cache.peek('k') === undefined, 10 * B)
    expect(await cache.read('k', load, options)).toMatchObject({ outcome: 'miss' })
  })

  it('never serves what has no grace', async () => {
    const cache = await openBlind()
    expect(cache.peek('bare')).toBeUndefined()
    await expect(cache.get('bare', failing)).rejects.toThrow('no database either')
    expect(await cache.read('bare', () => 'new')).toMatchObject({ value: 'new', outcome: 'miss' })
  })

  it("serves nothing of it under whenBlind: 'refuse'", async () => {
    const cache = await openBlind({ coherence: { whenBlind: 'refuse' } })
    const options = { grace: '1h' } as const
    await expect(cache.get('k', failing, options)).rejects.toThrow('no database either')
    const load = vi.fn(() => 'new')
    expect(await cache.read('k', load, options)).toMatchObject({ value: 'new', tier: 'loader' })
    // what was loaded without Redis is the one exception
    expect(await cache.read('k', load, options)).toMatchObject({ value: 'new', outcome: 'hit' })
    expect(load).toHaveBeenCalledTimes(1)
  })

  it('drops it for good by what it invalidates itself', async () => {
    const cache = await openBlind()
    expect(await cache.delete('k')).toBe('queued')
    await expect(cache.get('k', failing, { grace: '1h' })).rejects.toThrow('no database either')
  })

  it('trusts again what Redis still has, when it is back', async () => {
    const cache = await openBlind()
    await server.restart()
    await until(() => cache.stats().redis.state === 'ready', 10_000)
    await coherent(cache, 10_000)
    // it came back empty
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.read('k', () => 'new', { grace: '1h' })).toMatchObject({
      value: 'new',
      incoherent: false,
    })
    expect(cache.peek('k')).toBe('new')
  })
})
