import { describe, expect, test } from 'vitest'
import { PLAIN_FAULTS } from './world/menu.js'
import { runSchedule } from './world/run-schedule.js'
import type { ScheduleOptions } from './world/schedule-options.js'
import { STATEMENTS } from './world/statements.js'

const BUSY: Partial<ScheduleOptions> = { readers: 3, writers: 2, faults: PLAIN_FAULTS }

/** Seeds of each statement; `STRATA_SIMULATION_SEEDS=5000` for a long run. */
const SEEDS = Number(process.env['STRATA_SIMULATION_SEEDS'] ?? 20)
const MILLISECONDS_A_SEED = 10_000

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

describe.each(STATEMENTS)('$name', ({ options }) => {
  test(`holds (${SEEDS} schedules)`, { timeout: SEEDS * MILLISECONDS_A_SEED }, async () => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const { violations } = await runSchedule(seed, options)
      expect(violations, `seed ${seed}`).toEqual([])
    }
  })
})
