import { rmSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Cache, CacheOptions, WriteResult } from '../../../src/index.js'
import { blind, coherent } from '../../support/bus-caches.js'
import { Caches, freshNamespace, noLoad, type OpenedCache, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const B = 500

/** How Redis comes to refuse writes, how it takes them again, and what it says. */
interface Refusal {
  readonly begin: (server: RedisServer) => Promise<unknown>
  readonly end: (server: RedisServer) => Promise<unknown>
  readonly code: string
}

const demoted: Refusal = {
  begin: (server) => server.cli('REPLICAOF', '127.0.0.1', '1'),
  end: (server) => server.cli('REPLICAOF', 'NO', 'ONE'),
  code: 'READONLY',
}

/** Snapshots are to be written, into a directory that is gone. */
const unsaved: Refusal = {
  begin: async (server) => {
    await server.cli('CONFIG', 'SET', 'save', '3600 1')
    rmSync(server.directory, { recursive: true })
    await server.cli('BGSAVE')
    await until(async () =>
      (await server.cli('INFO', 'persistence')).includes('rdb_last_bgsave_status:err'),
    )
  },
  end: (server) => server.cli('CONFIG', 'SET', 'stop-writes-on-bgsave-error', 'no'),
  code: 'MISCONF',
}

describeRedis('a Redis that takes no writes', () => {
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
    return caches.open({
      namespace,
      redis: { url: server.url, ...PATIENT },
      coherence: { maxStaleness: B },
      ttl: '10m',
      ...options,
    })
  }

  describe.each<[string, Refusal]>([
    ['as a replica', demoted],
    ['for it cannot save', unsaved],
  ])('%s', (_, refusal) => {
    const acts: [string, (cache: Cache) => Promise<WriteResult>, unknown][] = [
      ['delete', (cache) => cache.delete('k'), undefined],
      ['deleteMany', (cache) => cache.deleteMany(['k', 'l']), undefined],
      ['expire', (cache) => cache.expire('k'), undefined],
      ['a tag', (cache) => cache.invalidateTags('t'), undefined],
      ['a tag, softly', (cache) => cache.invalidateTags('t', { soft: true }), undefined],
      ['clear', (cache) => cache.clear(), undefined],
      // replayed as a removal: nobody knows what others have stored since
      ['set', (cache) => cache.set('k', 'set'), undefined],
    ]

    it('reads go on; memory is not trusted, with the reason', async () => {
      const opened = open()
      const { cache } = opened
      const other = open({ memory: false }).cache
      await cache.get('k', () => 'old', { tags: ['t'] })
      await refusal.begin(server)
      await blind(cache)
      expect(cache.stats().bus.reason).toContain(refusal.code)
      for (let i = 0; i < 3; i++) {
        expect(await cache.read('k', noLoad)).toMatchObject({ value: 'old', tier: 'redis' })
        expect(await other.read('k', noLoad)).toMatchObject({ value: 'old', tier: 'redis' })
      }
      expect(await cache.get('cold', () => 'loaded', { tags: ['new'] })).toBe('loaded')
      expect(await other.get('cold', () => 'loaded')).toBe('loaded')
      expect(cache.stats().redis.state).toBe('ready')
      expect(opened.codes()).not.toContain('STRATA_REDIS_DOWN')
      await refusal.end(server)
      await coherent(cache)
      expect(cache.stats().bus.reason).toBeUndefined()
      expect(await cache.get('k', noLoad)).toBe('old')
    })

    it.each(acts)('%s is queued, and replayed when it takes them again', async (__, act, after) => {
      const { cache, lines } = open()
      const other = open().cache
      for (const one of [cache, other]) {
        await one.get('k', () => 'old', { tags: ['t'], grace: '1m' })
        await coherent(one)
      }
      await refusal.begin(server)
      expect(await act(cache)).toBe('queued')
      expect(cache.stats().queue.depth).toBe(1)
      expect(await cache.get('k')).not.toBe('old')
      expect(lines.map(({ message }) => message).join()).toContain(refusal.code)
      await refusal.end(server)
      await until(() => cache.stats().queue.depth === 0, 10_000)
      await expect.poll(() => other.peek('k')).toBeUndefined()
      expect(await cache.get('k')).toBe(after)
      expect(await other.get('k')).toBe(after)
      expect(await open().cache.get('k')).toBe(after)
      expect(await cache.delete('k')).toBe('applied')
    })
  })
})
