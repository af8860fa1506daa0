import { afterEach, beforeEach, expect, it } from 'vitest'
import type { CacheOptions } from '../../../src/index.js'
import { Caches, freshNamespace, noLoad, PATIENT } from '../../support/caches.js'
import { ProcessWatch } from '../../support/process-watch.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

describeRedis('a cache whose Redis refuses', () => {
  const caches = new Caches()
  const watch = new ProcessWatch()
  const servers: RedisServer[] = []
  let namespace: string

  beforeEach(() => {
    namespace = freshNamespace()
    watch.begin()
  })
  afterEach(async () => {
    await caches.close()
    await watch.end()
    await Promise.all(servers.splice(0).map((server) => server.close()))
  })

  async function start(...args: string[]): Promise<RedisServer> {
    const server = await startRedis({ args })
    servers.push(server)
    return server
  }

  const open = (server: RedisServer, options: CacheOptions = {}) =>
    caches.open({
      namespace,
      redis: { url: server.url, ...PATIENT },
      ...options,
    })

  it('serves and reads from a read-only replica, and tells it later what it would not hear', async () => {
    const master = await start()
    const replica = await start('--replicaof', '127.0.0.1', String(master.port))
    const writer = open(master).cache
    await writer.set('k', 'old', { tags: ['t'] })
    await writer.set('l', 'there')
    await until(async () => (await replica.cli('DBSIZE')) === (await master.cli('DBSIZE')), 20_000)

    const keeping: CacheOptions = { coherence: { onFailover: 'keep' } }
    const opened = open(replica, keeping)
    const { cache } = opened
    expect(await cache.get('k', noLoad)).toBe('old')
    expect(await cache.get('absent', () => 'loaded')).toBe('loaded')
    expect(await cache.get('with a new tag', () => 'loaded', { tags: ['new'] })).toBe('loaded')
    expect(await cache.delete('k')).toBe('queued')
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('k', () => 'new')).toBe('new')
    expect(await cache.get('l'), 'Redis may hold what was invalidated').toBeUndefined()
    expect(await cache.set('s', 1)).toBe('queued')
    expect(opened.lines.map(({ message }) => message).join('\n')).toContain('READONLY')
    expect(opened.codes().filter((code) => code === 'STRATA_REDIS_DOWN')).toEqual([])

    await replica.cli('REPLICAOF', 'NO', 'ONE')
    await until(() => cache.stats().queue.depth === 0, 10_000)
    expect(await open(replica, keeping).cache.get('k')).toBeUndefined()
    expect(await cache.get('l')).toBe('there')
    expect(await cache.set('s', 2)).toBe('applied')
  })

  it('reads and invalidates in a full Redis, and goes on serving loads', async () => {
    const server = await start('--maxmemory-policy', 'noeviction')
    const opened = open(server)
    const { cache } = opened
    for (const key of ['a', 'b', 'c', 'd', 'e']) {
      await cache.set(key, `old ${key}`, { tags: [`t-${key}`], grace: '1m' })
    }
    await server.cli('CONFIG', 'SET', 'maxmemory', '1')

    expect(await open(server).cache.get('a', noLoad)).toBe('old a')
    expect(await cache.get('cold', () => 'loaded')).toBe('loaded')
    expect(await cache.get('cold', noLoad), 'from memory').toBe('loaded')
    expect(await cache.get('cold with a tag', () => 'loaded', { tags: ['new'] })).toBe('loaded')
    await until(() => cache.stats().queue.depth === 0, 10_000)

    expect(await cache.delete('a')).toBe('applied')
    expect(await cache.invalidateTags('t-b')).toBe('applied')
    expect(await cache.invalidateTags('t-c', { soft: true })).toBe('applied')
    expect(await cache.expire('d')).toBe('applied')
    const other = open(server).cache
    for (const key of ['a', 'b', 'c', 'd']) expect(await other.get(key)).toBeUndefined()
    expect(await other.get('e')).toBe('old e')

    await cache.set('e', 'new e')
    await until(() => cache.stats().queue.depth === 0, 10_000)
    expect(await cache.get('e')).not.toBe('old e')
    expect(await open(server).cache.get('e')).not.toBe('old e')

    expect(await cache.clear()).toBe('applied')
    expect(await open(server).cache.get('e')).toBeUndefined()
    expect(opened.lines.map(({ message }) => message).join('\n')).toContain('OOM')

    await server.cli('CONFIG', 'SET', 'maxmemory', '0')
    expect(await cache.set('e', 'again')).toBe('applied')
    expect(await open(server).cache.get('e', noLoad)).toBe('again')
  })

  it('resurrects nothing while a full Redis evicts at random', async () => {
    const server = await start('--maxmemory-policy', 'allkeys-random')
    const redis = { url: server.url, ...PATIENT }
    const cache = open(server, { redis, memory: false }).cache
    const versions = new Map<string, number>()
    await cache.set('warm', 1, { tags: ['warm'] }) // the scripts take their own share of memory
    const used = Number(/used_memory:(\d+)/.exec(await server.cli('INFO', 'memory'))?.[1])
    await server.cli('CONFIG', 'SET', 'maxmemory', String(used + 80_000))
    for (let round = 0; round < 40; round++) {
      await Promise.all(
        Array.from({ length: 40 }, async (_, i) => {
          const key = `k${i}`
          const tags = [`t${i % 5}`]
          const load = () => ({
            version: versions.get(key) ?? 0,
            filler: 'x'.repeat(500 + i * 100),
          })
          if ((i + round) % 7 === 0) {
            const version = (versions.get(key) ?? 0) + 1
            versions.set(key, version)
            await (round % 2 === 0 ? cache.delete(key) : cache.invalidateTags(tags))
            const read = await cache.get(key, load, { tags })
            expect(read.version).toBeGreaterThanOrEqual(version)
          } else await cache.get(key, load, { tags })
        }),
      )
    }
    expect(
      Number(/evicted_keys:(\d+)/.exec(await server.cli('INFO', 'stats'))?.[1]),
    ).toBeGreaterThan(0)
  })

  it('stays of use while Redis is loading or busy, and comes back', async () => {
    const server = await start('--busy-reply-threshold', '100', '--enable-debug-command', 'yes')
    const opened = open(server, {
      redis: { url: server.url, timeout: 100, connectTimeout: 10_000 },
    })
    const { cache } = opened
    await cache.set('k', 'stored')
    await until(() => cache.stats().redis.state === 'ready', 10_000)
    const busy = server.cli('EVAL', 'while true do end', '0').catch(() => '')
    const start_ = performance.now()
    let loads = 0
    for (let i = 0; performance.now() - start_ < 1_500; i++) {
      await cache.get(`cold ${i}`, () => {
        loads++
        return i
      })
    }
    expect(loads).toBeGreaterThan(10)
    expect(await cache.delete('k')).toBe('queued')
    await server.cli('SCRIPT', 'KILL')
    await busy
    await until(() => cache.stats().queue.depth === 0, 10_000)
    expect(await open(server).cache.get('k')).toBeUndefined()
    await until(() => opened.recovered.length > 0)
  })

  it('is heard where its user may not write', async () => {
    const server = await start()
    const writer = open(server).cache
    await writer.set('k', 'there')
    await server.cli(
      'ACL',
      'SETUSER',
      'reader',
      'on',
      '>pw',
      '~*',
      '+@read',
      '+@connection',
      '+info',
      '+time',
    )
    const url = `redis://reader:pw@127.0.0.1:${server.port}`
    const opened = caches.open({ namespace, redis: { url, ...PATIENT } })
    expect(await opened.cache.get('k', noLoad)).toBe('there')
    expect(await opened.cache.get('cold', () => 1)).toBe(1)
    expect(await opened.cache.delete('k')).toBe('queued')
    expect(opened.lines.map(({ message }) => message).join('\n')).toContain('NOPERM')
    await server.cli('ACL', 'SETUSER', 'reader', '+@all', 'allchannels')
    await until(() => opened.cache.stats().queue.depth === 0, 10_000)
    expect(await open(server).cache.get('k')).toBeUndefined()
  })
})
