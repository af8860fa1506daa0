import RedisMock from 'ioredis-mock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { EXPIRE, KEEP, SOFTEN, STAMP } from '../../../src/redis/scripts.js'
import { look, type OpenedRedis, openTiers, store, textOf } from '../../support/redis-tiers.js'

/** On the mock: fast, but its Lua is not Redis' (binary values are mangled there), so only what that leaves. */
describe('the Redis tier on ioredis-mock', () => {
  let client: InstanceType<typeof RedisMock>
  let opened: OpenedRedis

  beforeEach(async () => {
    // the mock has no status of its own
    client = Object.assign(new RedisMock(), { status: 'ready' as const })
    // nor do its pipelines survive one that lacks a script
    for (const { lua } of [STAMP, KEEP, SOFTEN, EXPIRE])
      await client.eval(lua, 1, 'x', 1, 1, 1, 1, 1)
    await client.flushall()
    opened = await openTiers({ client, timeout: 5_000, connectTimeout: 5_000 })
  })
  afterEach(async () => {
    await opened.close()
    client.disconnect()
  })

  test('keeps one key per entry, one per tag and one for the namespace', async () => {
    await store(opened.guarded, 'k{1}', 'one', { tags: ['t'] })
    expect((await client.keys('*')).toSorted()).toEqual([
      's1:test:e:{k%7B1%7D}',
      's1:test:t:{t}',
      's1:test:v',
    ])
    expect(await client.get('s1:test:v')).toMatch(/^[\w-]{12}\.[\w-]{12}$/)
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
})
