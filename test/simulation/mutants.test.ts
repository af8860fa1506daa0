import { expect, test } from 'vitest'
import { hunt } from './mutants/hunt.js'
import { MUTANTS } from './mutants/table.js'
import { runSchedule } from './world/run-schedule.js'

const MOST_SCHEDULES = 1_000

test.each(MUTANTS)('is caught: $name', { timeout: 300_000 }, async (mutant) => {
  const caught = await hunt(mutant, MOST_SCHEDULES)
  expect(caught, `not within ${MOST_SCHEDULES} schedules`).toBeDefined()
  // the unchanged program has no such history, nor one with an earlier seed
  for (let seed = 1; seed <= (caught?.seed ?? 0); seed++) {
    const { violations } = await runSchedule(seed, mutant.options)
    expect(violations, `seed ${seed}`).toEqual([])
  }
  const { seed, violation } = caught!
  process.stdout.write(`${mutant.name}: seed ${seed}, ${violation.kind} ${violation.how}\n`)
})

test('a mutant of code that is not there is refused', async () => {
  const gone = { name: 'gone', file: 'clock.ts', find: 'no such line', replace: '' }
  await expect(hunt(gone, 1)).rejects.toThrow('found 0 times in src/clock.ts')
})
