import { expect, test } from 'vitest'
import { PLAIN_FAULTS } from './world/menu.js'
import { runSchedule } from './world/run-schedule.js'
import type { ScheduleOptions } from './world/schedule-options.js'

const BUSY: Partial<ScheduleOptions> = { readers: 3, writers: 2, faults: PLAIN_FAULTS }

test('one seed is one history, whatever ran before', async () => {
  const first = await runSchedule(7, { ...BUSY, keepTrace: true })
  await runSchedule(8, BUSY)
  const second = await runSchedule(7, { ...BUSY, keepTrace: true })
  expect(second.lines).toEqual(first.lines)
  expect(second.trace).toBe(first.trace)
  expect(second.stats).toEqual(first.stats)
})

test('another seed is another history', async () => {
  const first = await runSchedule(7, BUSY)
  const second = await runSchedule(8, BUSY)
  expect(second.trace).not.toBe(first.trace)
})

// Two processes fill one key without asking each other: until leases are kept in Redis the simulation finds that at once.
test.fails('several processes never read from Redis what one of them has invalidated', async () => {
  for (let seed = 1; seed <= 20; seed++) {
    const { violations } = await runSchedule(seed, { cache: { memory: false } })
    expect(violations, `seed ${seed}`).toEqual([])
  }
})

test.each([
  ['both tiers', {}],
  ['Redis only', { memory: false }],
] as const)('one process never reads what it has invalidated (%s)', async (_, cache) => {
  for (let seed = 1; seed <= 100; seed++) {
    const { violations } = await runSchedule(seed, { ...BUSY, processes: 1, cache })
    expect(violations, `seed ${seed}`).toEqual([])
  }
})
