import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Cache, CacheOptions, WriteResult } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad, type OpenedCache, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('a Redis that is full and evicts nothing', () => {
  const caches = new Caches()
  let server: RedisServer
  let namespace: string
  /** Two processes. */
  let one: OpenedCache
  let two: OpenedCache

  beforeAll(async () => {
    server = await startRedis({ args: ['--maxmemory-policy', 'noeviction'] })
  })
  beforeEach(async () => {
    namespace = freshNamespace()
    one = open()
    two = open()
    for (const key of ['k', 'l']) await one.cache.get(key, () => 'old', { tags: ['t'] })
    for (const key of ['k', 'l']) expect(await two.cache.get(key)).toBe('old')
    await fill()
  })
  afterEach(async () => {
    await mend()
    await caches.close()
  })
  afterAll(() => server.close())

  const open = (options: CacheOptions = {}): OpenedCache =>
    caches.open({
      namespace,
      redis: { url: server.url, ...PATIENT },
      ttl: '1m',
      grace: '1m',
      ...options,
    })
  const usedMemory = async () =>
    Number(/^used_memory:(\d+)/m.exec(await server.cli('INFO', 'memory'))?.[1])
  const fill = () => server.cli('CONFIG', 'SET', 'maxmemory', '1')
  const mend = () => server.cli('CONFIG', 'SET', 'maxmemory', '0')

  const invalidations: [string, (cache: Cache) => Promise<WriteResult>][] = [
    ['delete', (cache) => cache.delete('k')],
    ['deleteMany', (cache) => cache.deleteMany(['k', 'l'])],
    ['expire', (cache) => cache.expire('k')],
    ['invalidateTags', (cache) => cache.invalidateTags(['t', 'u'])],
    ['invalidateTags, softly', (cache) => cache.invalidateTags(['t', 'u'], { soft: true })],
    ['clear', (cache) => cache.clear()],
  ]

  it.each(invalidations)('takes every invalidation: %s', async (_, invalidate) => {
    expect(await invalidate(one.cache)).toBe('applied')
    expect(await one.cache.get('k')).toBeUndefined()
    await expect.poll(() => two.cache.peek('k')).toBeUndefined()
    expect(await two.cache.get('k')).toBeUndefined()
    expect(await open({ memory: false }).cache.get('k'), 'in Redis').toBeUndefined()
    expect(one.cache.stats().queue.depth).toBe(0)
  })

  it('what is soft leaves the value to be served stale', async () => {
    expect(await one.cache.invalidateTags('t', { soft: true })).toBe('applied')
    expect(await one.cache.expire('l')).toBe('applied')
    const failing = () => Promise.reject(new Error('down'))
    const third = open({ softTimeout: false }).cache
    for (const key of ['k', 'l']) {
      expect(await third.read(key, failing)).toMatchObject({ value: 'old', outcome: 'stale' })
    }
  })

  it('loads go on, kept in memory and not in Redis; nobody waits', async () => {
    for (const { cache } of [one, two]) {
      expect(await cache.read('new', () => 'loaded')).toMatchObject({
        value: 'loaded',
        outcome: 'miss',
        tier: 'loader',
      })
      expect(await cache.get('new', noLoad)).toBe('loaded')
    }
    expect(await server.cli('KEYS', `s1:${namespace}:e:{new}`)).toBe('')
    expect(one.cache.stats().redis.state).toBe('ready')
    expect(one.codes()).toContain('STRATA_ERROR')
    expect(one.lines.map(({ message }) => message).join()).toContain('OOM')
  })

  it('a load of what was stored before, and is stale, goes on too', async () => {
    await one.cache.expire('k')
    expect(await one.cache.get('k', () => 'new', { softTimeout: false })).toBe('new')
    expect(await one.cache.get('k', noLoad)).toBe('new')
  })

  it('what stands in its memory alone is dropped by what others invalidate', async () => {
    await one.cache.get('new', () => 'loaded', { tags: ['n'] })
    expect(one.cache.peek('new')).toBe('loaded')
    expect(await two.cache.delete('new')).toBe('applied')
    await expect.poll(() => one.cache.peek('new')).toBeUndefined()
  })

  it('a set takes no room either: nothing older is left, and the value is in memory alone', async () => {
    expect(await one.cache.set('k', 'new')).toBe('applied')
    expect(await one.cache.get('k')).toBe('new')
    await expect.poll(() => two.cache.peek('k')).toBeUndefined()
    expect(await two.cache.get('k')).toBeUndefined()
    const used = await usedMemory()
    const text = 'x'.repeat(10_000)
    const sets = Array.from({ length: 500 }, (_, i) => one.cache.set(`new${i}`, text))
    expect(new Set(await Promise.all(sets))).toEqual(new Set(['applied']))
    expect((await usedMemory()) - used).toBeLessThan(2_000_000)
    expect(one.cache.stats().queue.depth).toBe(0)
  })

  it('stores again when there is room', async () => {
    await one.cache.get('new', () => 'loaded')
    await mend()
    await one.cache.get('newer', () => 'stored')
    expect(await two.cache.get('newer', noLoad)).toBe('stored')
  })
})
