import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import type { MonitorOptions, MonitorStats } from '../../../src/index.js'
import { Caches, freshNamespace, type OpenedCache, PATIENT } from '../../support/caches.js'
import { describeRedis, type RedisServer, startRedis, until } from '../../support/redis-server.js'

const MAX_STALENESS = 400

describeRedis('monitor with Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let client: Redis
  let namespace: string

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port)
  })
  beforeEach(() => {
    namespace = freshNamespace()
  })
  afterEach(async () => {
    server.cont()
    await caches.close()
  })
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  const open = (options: Parameters<Caches['open']>[0] = {}): OpenedCache =>
    caches.open({
      namespace,
      ttl: '1m',
      grace: '1m',
      coherence: { maxStaleness: MAX_STALENESS },
      redis: { url: server.url, ...PATIENT },
      ...options,
    })
  const redisKey = (key: string): string => `s1:${namespace}:e:{${key}}`

  /** The stats as soon as they are as wished. */
  async function watch(
    { cache }: OpenedCache,
    isThere: (stats: MonitorStats) => boolean,
    options: MonitorOptions = {},
  ): Promise<MonitorStats> {
    using monitor = cache.monitor({ interval: '100ms', ...options })
    await until(() => isThere(monitor.stats()))
    return monitor.stats()
  }

  it('finds memory to be as Redis is', async () => {
    const opened = open()
    for (let i = 0; i < 150; i++) await opened.cache.set(`k${i}`, i, { tags: [`t${i % 7}`] })
    const stats = await watch(opened, ({ rounds }) => rounds >= 3, { sample: 1_000 })
    expect(stats).toMatchObject({ behind: 0, overdue: 0, unknown: 0, failures: 0, examples: [] })
    expect(stats.same).toBe(150 * stats.rounds)
  })

  it('finds a value that somebody wrote past it: behind, then overdue', async () => {
    const [opened, other] = [open(), open()]
    await other.cache.set('k', 'new')
    const record = (await client.getBuffer(redisKey('k')))!
    await opened.cache.set('k', 'old')
    await opened.cache.set('good', 1)
    await client.set(redisKey('k'), record, 'PX', 60_000)
    using monitor = opened.cache.monitor({ interval: '100ms' })
    await until(() => monitor.stats().behind > 0)
    expect(monitor.stats()).toMatchObject({ overdue: 0, examples: [] })
    await until(() => monitor.stats().overdue > 1)
    const [example, ...more] = monitor.stats().examples
    expect(more).toEqual([])
    expect(example).toMatchObject({ key: 'k', redis: 'other', cached: undefined })
    expect(example!.seenAt - example!.behindSince).toBeGreaterThanOrEqual(MAX_STALENESS - 1)
    expect(opened.codes().filter((code) => code === 'STRATA_OVERDUE')).toHaveLength(1)
    expect(opened.errors).toEqual([])
    expect(await opened.cache.get('k')).toBe('old') // it only watches
  })

  it.each([
    ['absent', (key: string) => client.del(key)],
    ['other', (key: string) => client.set(key, 'hello')],
    ['stale', (key: string) => client.setrange(key, 45, '0'.repeat(15))],
    ['ended', () => client.del(`s1:${namespace}:t:{t}`)],
  ])('tells what Redis has instead: %s', async (redis, damage) => {
    const opened = open()
    await opened.cache.set('k', 1, { tags: ['t'] })
    await damage(redisKey('k'))
    const { examples } = await watch(opened, ({ overdue }) => overdue > 0)
    expect(examples).toMatchObject([{ key: 'k', redis }])
  })

  it('never calls overdue what is invalidated elsewhere', async () => {
    const [opened, other] = [open(), open()]
    const reader = setInterval(() => void opened.cache.get('k', () => 1), 5)
    const writer = setInterval(() => void other.cache.delete('k'), 23)
    const stats = await watch(opened, ({ rounds }) => rounds >= 12)
    clearInterval(reader)
    clearInterval(writer)
    expect(stats).toMatchObject({ overdue: 0, failures: 0 })
  })

  it('does not miss in Redis what is too large for it', async () => {
    const opened = open({ redis: { url: server.url, ...PATIENT, maxValueBytes: '1kb' } })
    await opened.cache.get('large', () => 'x'.repeat(5_000))
    expect(opened.cache.peek('large')).toBeDefined()
    const stats = await watch(opened, ({ rounds }) => rounds > 0)
    expect(stats).toMatchObject({ checked: stats.rounds, unknown: stats.rounds, behind: 0 })
  })

  it('knows nothing while Redis is frozen, and goes on afterwards', async () => {
    const opened = open({ redis: { url: server.url, timeout: '50ms', connectTimeout: '20s' } })
    await opened.cache.set('k', 1)
    server.stop()
    await watch(opened, ({ unknown }) => unknown > 0)
    server.cont()
    await until(async () => (await opened.cache.set('k', 2)) === 'applied')
    expect(await watch(opened, ({ same }) => same > 0)).toMatchObject({ overdue: 0 })
  })

  it('asks the source', async () => {
    const opened = open()
    const rows = new Map([['k', 1]])
    await opened.cache.set('k', { version: 1 })
    const versionOf = {
      cached: (row: unknown) => (row as { version: number }).version,
      source: (key: string) => Promise.resolve(rows.get(key)),
    }
    expect(await watch(opened, ({ same }) => same > 0, { versionOf })).toMatchObject({ behind: 0 })
    rows.set('k', 2)
    const { examples } = await watch(opened, ({ overdue }) => overdue > 0, { versionOf })
    expect(examples).toMatchObject([{ key: 'k', redis: 'same', cached: '1', source: '2' }])
  })
})
