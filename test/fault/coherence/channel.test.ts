import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { type BlackHole, startBlackHole } from '../../support/black-hole.js'
import { blind, coherent, deleteUnheard } from '../../support/bus-caches.js'
import { Caches, freshNamespace, noLoad, type OpenedCache, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'
import { callsDuring, networkOutput } from '../../support/redis-stats.js'

const B = 1_000

describeRedis('a channel of invalidations', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  let server: RedisServer
  let namespace: string
  let hole: BlackHole

  beforeEach(async () => {
    server = await startRedis()
    hole = await startBlackHole(server.port)
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    await caches.close()
    await watch.end()
    await hole.close()
    await server.close()
  })

  function open(url = server.url, options: CacheOptions = {}): OpenedCache {
    const redis = { url, ...PATIENT }
    return caches.open({ namespace, redis, coherence: { maxStaleness: B }, ...options })
  }

  const large = 'x'.repeat(500_000)

  it('that may not be subscribed to: memory is not trusted, and reads are right all the same', async () => {
    await server.cli('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', '&*', '+@all', '-subscribe')
    const { cache, codes, lines } = open(`redis://app:pw@127.0.0.1:${server.port}`)
    expect(await cache.ready()).toEqual({ redis: 'ready' })
    const other = open().cache
    await other.set('k', large, { tags: ['t'] })
    expect(await cache.get('k', noLoad)).toBe(large)
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.stats().bus).toMatchObject({ transport: 'publish', coherent: false, epoch: 0 })
    expect(cache.stats().bus.reason).toContain('NOPERM')

    // confirmed by its head: the value is not brought again
    const sent = await networkOutput(server)
    const calls = await callsDuring(server, async () => {
      for (let i = 0; i < 20; i++) {
        expect(await cache.read('k', noLoad)).toMatchObject({ outcome: 'hit', tier: 'redis' })
      }
    })
    expect(calls['getrange']).toBeGreaterThanOrEqual(20)
    expect((await networkOutput(server)) - sent).toBeLessThan(large.length)

    await other.invalidateTags('t')
    expect(await cache.get('k'), 'at once').toBeUndefined()
    expect(await cache.get('k', () => 'new')).toBe('new')
    await other.delete('k')
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.delete('l'), 'its own are heard by others').toBe('applied')

    // asked for again and again, told once
    await sleep(5_500)
    const told = lines.filter(({ code }) => code === 'STRATA_NOT_COHERENT')
    expect(told).toHaveLength(1)
    expect(told[0]?.message).toContain('NOPERM')
    expect(codes()).not.toContain('STRATA_REDIS_DOWN')
    await server.cli('ACL', 'SETUSER', 'app', '+subscribe')
    await coherent(cache, 10_000)
    await cache.get('k', () => 'newer')
    expect(cache.peek('k')).toBe('newer')
    await other.delete('k')
    await expect.poll(() => cache.peek('k')).toBeUndefined()
  })

  it('that may not be published to: nothing is called applied that others were not told of', async () => {
    await server.cli('ACL', 'SETUSER', 'app', 'on', '>pw', '~*', 'resetchannels', '+@all')
    const { cache, codes } = open(`redis://app:pw@127.0.0.1:${server.port}`)
    const other = open().cache
    await other.set('k', 'old')
    expect(await cache.get('k', noLoad)).toBe('old')
    expect(await cache.delete('k')).toBe('queued')
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('k', () => 'new')).toBe('new')
    expect(codes()).toContain('STRATA_NOT_COHERENT')
    await server.cli('ACL', 'SETUSER', 'app', 'allchannels')
    await until(() => cache.stats().queue.depth === 0, 10_000)
    await expect.poll(() => other.peek('k')).toBeUndefined()
  })

  it('whose connection is cut: entries are confirmed, not loaded anew, and what was missed is gone', async () => {
    const { cache } = open()
    for (const key of ['k', 'l']) await cache.get(key, () => large, { tags: ['t'] })
    const { epoch } = cache.stats().bus
    const sent = await networkOutput(server)
    await deleteUnheard(server, namespace, 'k')
    await until(() => cache.stats().bus.epoch > epoch)
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.peek('l')).toBeUndefined()
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.read('l', noLoad)).toMatchObject({ outcome: 'hit', tier: 'redis' })
    expect(cache.peek('l')).toBe(large)
    expect((await networkOutput(server)) - sent).toBeLessThan(large.length / 2)
    expect(cache.stats()).toMatchObject({ loads: 2, bus: { coherent: true, reason: undefined } })
  })

  it.each<[string, (cache: OpenedCache['cache']) => Promise<unknown>]>([
    ['deleted', (cache) => cache.delete('k')],
    ['invalidated by a tag', (cache) => cache.invalidateTags('t')],
    ['cleared', (cache) => cache.clear()],
    ['expired', (cache) => cache.expire('k')],
    ['invalidated softly', (cache) => cache.invalidateTags('t', { soft: true })],
    ['set', (cache) => cache.set('k', 'new', { tags: ['t'] })],
  ])(
    'that swallows everything: what was %s is not served for longer than maxStaleness',
    async (_, act) => {
      const { cache, codes } = open(hole.url)
      const other = open().cache
      await cache.get('k', () => 'old', { tags: ['t'], grace: '1h' })
      await coherent(cache)
      const { epoch } = cache.stats().bus
      const accepted = hole.accepted
      hole.swallow({ named: ':bus' })
      expect(await act(other)).toBe('applied')
      const acted = performance.now()
      while (performance.now() - acted < B) {
        if (cache.peek('k') === undefined) break
        await sleep(1)
      }
      await sleep(1)
      expect(cache.peek('k')).not.toBe('old')
      expect(await cache.get('k')).not.toBe('old')
      // our own half is dropped, and dialled anew
      await until(() => cache.stats().bus.epoch > epoch, 10_000)
      await coherent(cache)
      expect(hole.accepted).toBeGreaterThan(accepted)
      expect(await cache.get('k')).not.toBe('old')
      expect(codes().filter((code) => code === 'STRATA_NOT_COHERENT')).toHaveLength(1)
    },
  )

  it('that swallows everything, also new connections: blind until it is mended', async () => {
    const { cache } = open(hole.url)
    await cache.get('k', () => 'old', { grace: '1h' })
    await coherent(cache)
    hole.swallow({ named: ':bus', others: true })
    await blind(cache)
    await sleep(3 * B)
    expect(cache.stats().bus.coherent).toBe(false)
    expect(cache.stats().bus.reason).not.toBe('')
    hole.mend()
    await coherent(cache, 15_000)
    expect(await cache.get('k', noLoad)).toBe('old')
  })
})
