import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cache, CacheOptions } from '../../../src/index.js'
import { coherent } from '../../support/bus-caches.js'
import { Caches, freshNamespace, noLoad, type OpenedCache, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const B = 500

describeRedis('a Redis that loses data', () => {
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

  function open(options: CacheOptions = {}): OpenedCache {
    const { coherence, ...rest } = options
    return caches.open({
      namespace,
      redis: { url: server.url, ...PATIENT },
      coherence: { maxStaleness: B, ...coherence },
      ttl: '10m',
      ...rest,
    })
  }

  const version = () => server.cli('GET', `s1:${namespace}:v`)

  /** Kills the server and starts it again with what it saved last. */
  async function restart(all: readonly Cache[]): Promise<void> {
    const epochs = all.map((cache) => cache.stats().bus.epoch)
    await server.restart()
    for (const [i, cache] of all.entries()) {
      await until(() => cache.stats().redis.state === 'ready', 10_000)
      await until(() => cache.stats().bus.epoch > (epochs[i] ?? 0), 10_000)
      await coherent(cache, 10_000)
    }
  }

  it('all of it: noticed by the next heartbeat, without a read', async () => {
    const { cache } = open()
    const child = cache.namespace('child')
    for (const one of [cache, child]) await one.get('k', () => 'old')
    expect([cache.peek('k'), child.peek('k')]).toEqual(['old', 'old'])
    await server.cli('FLUSHALL')
    await until(() => cache.peek('k') === undefined && child.peek('k') === undefined, 5 * B)
    expect(cache.stats().bus.coherent).toBe(true)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('k', () => 'new', { tags: ['t'] })).toBe('new')
    expect(await open().cache.get('k', noLoad)).toBe('new')
  })

  it.each<[string, (cache: Cache) => Promise<unknown>]>([
    ['a tag', (cache) => cache.invalidateTags('t')],
    ['clear', (cache) => cache.clear()],
    ['delete', (cache) => cache.delete('k')],
  ])('all of it: nothing that was ended before comes back (%s)', async (_, end) => {
    const { cache } = open()
    await cache.get('k', () => 'old', { tags: ['t'] })
    const key = `s1:${namespace}:e:{k}`
    expect(await server.cli('COPY', key, 'saved')).toBe('1')
    await end(cache)
    await server.cli('COPY', 'saved', key)
    await server.cli('DEL', `s1:${namespace}:v`, `s1:${namespace}:t:{t}`)
    await cache.get('other', () => 'x', { tags: ['t'] })
    expect(await cache.get('k')).toBeUndefined()
    expect(await open().cache.get('k')).toBeUndefined()
  })

  it.each(['the tag', 'the namespace version', 'the entry'])(
    'evicted: %s; the value is not read any more, and is loaded again',
    async (what) => {
      const { cache } = open()
      await cache.get('k', () => 'old', { tags: ['t'] })
      const keys = { 'the tag': 't:{t}', 'the namespace version': 'v', 'the entry': 'e:{k}' }
      await server.cli('DEL', `s1:${namespace}:${keys[what as keyof typeof keys]}`)
      const fresh = open().cache
      expect(await fresh.get('k')).toBeUndefined()
      expect(await fresh.get('k', () => 'new', { tags: ['t'] })).toBe('new')
      expect(await open().cache.get('k', noLoad)).toBe('new')
    },
  )

  it('restarted empty: what is in memory is not confirmed', async () => {
    const both = [open().cache, open().cache]
    for (const cache of both) expect(await cache.get('k', () => 'old')).toBe('old')
    await restart(both)
    for (const cache of both) {
      expect(cache.peek('k')).toBeUndefined()
      expect(await cache.get('k')).toBeUndefined()
    }
    expect(await both[0]?.get('k', () => 'new')).toBe('new')
    expect(await both[1]?.get('k', noLoad)).toBe('new')
  })

  describe('restarted from an older snapshot', () => {
    /** What was invalidated is in the snapshot. */
    async function takeBack(onFailover: 'clear' | 'keep'): Promise<[Cache, Cache]> {
      const coherence = { onFailover }
      const both: [Cache, Cache] = [open({ coherence }).cache, open({ coherence }).cache]
      const [first, second] = both
      for (const key of ['k', 'kept', 'tagged']) {
        await first.get(key, () => 'old', { tags: key === 'tagged' ? ['t'] : [] })
        expect(await second.get(key)).toBe('old')
      }
      await server.cli('SAVE')
      await first.delete('k')
      await first.invalidateTags('t')
      for (const cache of both) await expect.poll(() => cache.peek('k')).toBeUndefined()
      await restart(both)
      return both
    }

    it('clears the namespace, once for all processes', async () => {
      const [first, second] = await takeBack('clear')
      for (const key of ['k', 'kept', 'tagged']) {
        expect([await first.get(key), await second.get(key)]).toEqual([undefined, undefined])
      }
      const adopted = await version()
      expect(await first.get('k', () => 'new')).toBe('new')
      expect(await second.get('k', noLoad)).toBe('new')
      expect(await open().cache.get('k', noLoad)).toBe('new')
      await sleep(B)
      expect(await version()).toBe(adopted)
      const runId = /run_id:(\w+)/.exec(await server.cli('INFO', 'server'))?.[1]
      expect(adopted.split('.')[3]).toBe(runId)
      expect([first.peek('k'), second.peek('k')]).toEqual(['new', 'new'])
    })

    it('clears it also for a process that comes later', async () => {
      await takeBack('clear')
      expect(await open().cache.get('k')).toBeUndefined()
    })

    it("clears it when nobody was there: the process that comes finds another server's data", async () => {
      const { cache } = open()
      await cache.get('k', () => 'old')
      await server.cli('SAVE')
      await cache.delete('k')
      await caches.close()
      await server.restart()
      const next = open().cache
      expect(await next.get('k')).toBeUndefined()
      expect(await next.get('k', () => 'new')).toBe('new')
      expect(await open().cache.get('k', noLoad)).toBe('new')
    })

    it("keeps what it holds under onFailover: 'keep'", async () => {
      const [first, second] = await takeBack('keep')
      for (const cache of [first, second]) {
        expect(await cache.get('kept', noLoad)).toBe('old')
        // the price: what was deleted after the snapshot is back
        expect(await cache.get('k', noLoad)).toBe('old')
      }
      expect(await open({ coherence: { onFailover: 'keep' } }).cache.get('kept', noLoad)).toBe(
        'old',
      )
    })
  })
})
