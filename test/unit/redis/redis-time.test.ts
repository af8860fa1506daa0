import { describe, expect, test } from 'vitest'
import type { CommandClient } from '../../../src/redis/redis-client.js'
import { RedisTime } from '../../../src/redis/redis-time.js'
import { ManualClock } from '../../support/manual-clock.js'

/** A server whose clock is `offset` ahead of ours, and whose replies take these milliseconds there and back. */
function serverOf(
  clock: ManualClock,
  offset: number,
  ...ways: [there: number, back: number][]
): CommandClient {
  let asked = 0
  return {
    time: () => {
      const [there, back] = ways[Math.min(asked++, ways.length - 1)] ?? [0, 0]
      clock.advance(there)
      const at = clock.now() + offset
      clock.advance(back)
      return Promise.resolve([
        String(Math.floor(at / 1_000)),
        String(Math.round((at % 1_000) * 1_000)),
      ])
    },
  } as unknown as CommandClient
}

describe('RedisTime', () => {
  test.each([
    { there: 0, back: 0 },
    { there: 3, back: 1 },
    { there: 0, back: 4 },
  ])(
    'shortens life by no more than the round trip ($there there, $back back)',
    async ({ there, back }) => {
      const clock = new ManualClock()
      const time = new RedisTime(clock)
      await time.measure([serverOf(clock, 5_000_000, [there, back])])
      const at = clock.now()
      const inRedis = time.toRedis(at)
      expect(inRedis).toBeLessThanOrEqual(at + 5_000_000)
      expect(inRedis).toBeGreaterThanOrEqual(at + 5_000_000 - (there + back) - 1)
      const atLatest = time.toRedisAtLatest(at)
      expect(atLatest).toBeGreaterThanOrEqual(at + 5_000_000)
      expect(atLatest).toBeLessThanOrEqual(at + 5_000_000 + (there + back) + 1)
      const again = time.fromRedis(inRedis)
      expect(again).toBeLessThanOrEqual(at)
      expect(again).toBeGreaterThanOrEqual(at - (there + back) - 1)
    },
  )

  test('measures again when a round trip was slow, and keeps the narrowest', async () => {
    const clock = new ManualClock()
    const time = new RedisTime(clock)
    await time.measure([serverOf(clock, 1_000, [200, 100], [1, 1])])
    expect(clock.now() + 1_000 - time.toRedis(clock.now())).toBeLessThanOrEqual(2)
  })

  test('spans the clocks of all masters of a Cluster', async () => {
    const clock = new ManualClock()
    const time = new RedisTime(clock)
    await time.measure([serverOf(clock, 1_000), serverOf(clock, 1_400)])
    expect(time.toRedis(0)).toBe(1_000)
    expect(time.toRedisAtLatest(0)).toBe(1_400)
    expect(time.fromRedis(1_400)).toBe(0)
  })

  test('keeps what it knew when a server does not answer', async () => {
    const clock = new ManualClock()
    const time = new RedisTime(clock)
    await time.measure([serverOf(clock, 1_000)])
    const silent = { time: () => Promise.reject(new Error('gone')) } as unknown as CommandClient
    await expect(time.measure([silent])).rejects.toThrow('gone')
    await expect(time.measure([])).rejects.toThrow('no master')
    expect(time.toRedis(0)).toBe(1_000)
  })
})
