import RedisMock from 'ioredis-mock'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { KEEP, SOFTEN, STAMP } from '../../../src/redis/scripts.js'
import { type OpenedRedis, openTiers } from '../../support/redis-tiers.js'

/** On the mock: fast, but its Lua is not Redis' (binary values are mangled there), so only what that leaves. */
describe('the versions of tags on ioredis-mock', () => {
  let client: InstanceType<typeof RedisMock>
  let opened: OpenedRedis

  beforeEach(async () => {
    // the mock has no status of its own
    client = Object.assign(new RedisMock(), { status: 'ready' as const })
    // nor do its pipelines survive one that lacks a script
    for (const { lua } of [STAMP, KEEP, SOFTEN]) await client.eval(lua, 1, 'x', 1, 1, 1, 1, 1)
    await client.flushall()
    opened = await openTiers({ client, timeout: 5_000, connectTimeout: 5_000 })
  })
  afterEach(async () => {
    await opened.close()
    client.disconnect()
  })

  test('are made when they are asked for, and are the same for everybody', async () => {
    const [first, second] = await Promise.all([
      opened.guarded.stampsOf(['t'], 60_000),
      opened.guarded.stampsOf(['t'], 60_000),
    ])
    expect(first).toEqual(second)
    expect(first.map(({ name }) => name)).toEqual(['', 't'])
    expect((await client.keys('*')).toSorted()).toEqual(['s1:test:t:{t}', 's1:test:v'])
  })

  test('live longer than what is filed under them', async () => {
    await opened.guarded.stampsOf(['t'], 60_000)
    expect(await client.pttl('s1:test:t:{t}')).toBeGreaterThan(60_000)
    expect(await client.pttl('s1:test:v')).toBeGreaterThan(60_000)
  })

  test('change: softly the second id, otherwise both', async () => {
    const [, before] = await opened.guarded.stampsOf(['t'], 60_000)
    await opened.guarded.invalidate(['t'], true)
    const [, softened] = await opened.guarded.stampsOf(['t'], 60_000)
    expect(softened?.hard).toBe(before?.hard)
    expect(softened?.soft).not.toBe(before?.soft)
    await opened.guarded.invalidate(['t'], false)
    const [, after] = await opened.guarded.stampsOf(['t'], 60_000)
    expect(after?.hard).not.toBe(before?.hard)
  })

  test('of another namespace are others', async () => {
    const other = opened.tiers.of('other')
    const [[mine], [theirs]] = [
      await opened.guarded.stampsOf([], 60_000),
      await other.stampsOf([], 60_000),
    ]
    expect(mine?.hard).not.toBe(theirs?.hard)
    await opened.guarded.clear()
    expect((await other.stampsOf([], 60_000))[0]).toEqual(theirs)
  })
})
