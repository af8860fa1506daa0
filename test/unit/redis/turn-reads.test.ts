import RedisMock from 'ioredis-mock'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { CommandClient } from '../../../src/redis/redis-client.js'
import type { RedisLink } from '../../../src/redis/redis-link.js'
import { Turn } from '../../../src/redis/turn.js'
import { TurnReads } from '../../../src/redis/turn-reads.js'

/** On the mock: fast, and MGET is all it has to do. */
describe('reads of one turn', () => {
  let mock: InstanceType<typeof RedisMock>
  let reads: TurnReads
  let isReady: boolean

  beforeEach(async () => {
    mock = new RedisMock()
    await mock.flushall()
    await mock.mset('a', '1', 'b', '2')
    isReady = true
    const link = { isReady: () => isReady } as RedisLink
    reads = new TurnReads(mock as unknown as CommandClient, link, new Turn())
  })
  afterEach(() => mock.disconnect())

  const text = (key: string): Promise<string | undefined> =>
    reads.get([key], ([reply]) => reply?.toString())

  test('are one MGET of distinct keys', async () => {
    const mget = vi.spyOn(mock, 'mgetBuffer')
    expect(await Promise.all(['a', 'b', 'a', 'absent'].map(text))).toEqual([
      '1',
      '2',
      '1',
      undefined,
    ])
    expect(mget.mock.calls).toEqual([[['a', 'b', 'absent']]])
  })

  test('of the next turn are another one', async () => {
    const mget = vi.spyOn(mock, 'mgetBuffer')
    await text('a')
    await text('a')
    expect(mget).toHaveBeenCalledTimes(2)
  })

  test('over 512 keys are several', async () => {
    const mget = vi.spyOn(mock, 'mgetBuffer')
    await Promise.all(Array.from({ length: 600 }, (_, i) => text(`k${i}`)))
    expect(mget.mock.calls.map(([keys]) => keys.length)).toEqual([512, 88])
  })

  test('fail all when the connection is lost before the turn ends', async () => {
    const outcomes = Promise.allSettled([text('a'), text('b')])
    isReady = false
    expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  })

  test('what is made of one reply and throws harms no other', async () => {
    const broken = reads.get(['a'], () => {
      throw new Error('a bug')
    })
    const outcomes = await Promise.allSettled([broken, text('b')])
    expect(outcomes).toMatchObject([{ status: 'rejected' }, { status: 'fulfilled', value: '2' }])
  })
})
