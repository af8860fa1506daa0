import { Redis } from 'ioredis'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'
import {
  entryOf,
  look,
  type OpenedRedis,
  openTiers,
  outcomeOf,
  store,
  textOf,
} from '../../support/redis-tiers.js'

describeRedis('the Redis tier', () => {
  let server: RedisServer
  let client: Redis
  let opened: OpenedRedis

  beforeAll(async () => {
    server = await startRedis()
    client = new Redis(server.port, '127.0.0.1')
  })
  beforeEach(async () => {
    await client.flushall()
    opened = await openTiers({ client, timeout: 5_000, connectTimeout: 5_000 })
  })
  afterEach(() => opened.close())
  afterAll(async () => {
    client.disconnect()
    await server.close()
  })

  test('keeps one key per entry, one per tag and one for the namespace', async () => {
    await store(opened.guarded, 'k{1}', 'one', { tags: ['t'] })
    expect((await client.keys('*')).toSorted()).toEqual([
      's1:test:e:{k%7B1%7D}',
      's1:test:t:{t}',
      's1:test:v',
    ])
    expect(await client.get('s1:test:v')).toMatch(/^[\w-]{12}\.[\w-]{12}\.0\.[0-9a-f]{40}$/)
  })

  test('every key has a lifetime, tags a longer one than entries', async () => {
    await store(opened.guarded, 'k', 'one', { tags: ['t'] })
    const [entry, tag, version] = await Promise.all(
      ['s1:test:e:{k}', 's1:test:t:{t}', 's1:test:v'].map((key) => client.pttl(key)),
    )
    expect(entry).toBeGreaterThan(50_000)
    expect(entry).toBeLessThanOrEqual(60_000)
    expect(tag).toBeGreaterThan(60_000)
    expect(version).toBeGreaterThan(60_000)
  })

  test('namespaces do not mix', async () => {
    const other = opened.tiers.of('other')
    expect(opened.tiers.of('other')).toBe(other)
    await store(opened.guarded, 'k', 'one')
    await store(other, 'k', 'two')
    await opened.guarded.clear()
    expect([await look(opened.guarded, 'k'), await look(other, 'k')]).toEqual([
      undefined,
      'fresh two',
    ])
  })

  test('invalidates', async () => {
    await store(opened.guarded, 'k', 'one', { tags: ['a', 'b'] })
    await opened.guarded.invalidate(['b'], true)
    expect(await look(opened.guarded, 'k')).toBe('stale one')
    await opened.guarded.invalidate(['a'], false)
    expect(await look(opened.guarded, 'k')).toBeUndefined()
    expect(opened.events.filter(({ type }) => type !== 'connection')).toEqual([])
  })

  test('a value over maxValueBytes takes the place of nothing, and what was there goes', async () => {
    const small = await openTiers({ client, maxValueBytes: '1kb', timeout: 5_000 }, 'small')
    await store(small.guarded, 'k', 'x'.repeat(1_024))
    expect(textOf((await small.guarded.read('k'))?.value as never)).toHaveLength(1_024)
    await store(small.guarded, 'k', 'x'.repeat(1_025))
    expect(await look(small.guarded, 'k')).toBeUndefined()
    expect(small.events.filter(({ type }) => type === 'oversize')).toEqual([
      { type: 'oversize', namespace: 'small', key: 'k', bytes: 1_025, maxBytes: 1_024 },
    ])
    await small.close()
  })

  test('a value that comes later than its timeout is not stored, and kills no newer one', async () => {
    const hasty = await openTiers({ url: server.url, timeout: 100, connectTimeout: 5_000 }, 'late')
    await store(hasty.bare, 'warm', 'one')
    const stamps = await hasty.bare.stampsOf([], 60_000)
    await client.call('CLIENT', 'PAUSE', '300', 'ALL')
    const late = ['a', 'b'].map((key) => outcomeOf(hasty.bare.write(key, entryOf('old'), stamps)))
    expect(await Promise.all(late)).toEqual(['timeout', 'timeout'])
    expect(await look(hasty.bare, 'a')).toBeUndefined()
    await store(hasty.bare, 'a', 'new')
    expect(await look(hasty.bare, 'a')).toBe('fresh new')
    await hasty.close()
  })

  test('a write keeps its place among deletes of the same turn, also on a server without scripts', async () => {
    const stamps = await opened.bare.stampsOf([], 60_000)
    await client.script('FLUSH')
    const first = opened.bare.write('k', entryOf('one'), stamps)
    await Promise.all([first, opened.bare.remove(['k'])])
    expect(await look(opened.bare, 'k')).toBeUndefined()
    const second = opened.bare.remove(['k'])
    await Promise.all([second, opened.bare.write('k', entryOf('two'), stamps)])
    expect(await look(opened.bare, 'k')).toBe('fresh two')
  })
})
