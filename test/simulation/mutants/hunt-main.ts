import { runSchedule } from '../world/run-schedule.js'
import type { ScheduleOptions } from '../world/schedule-options.js'

/**
 * `node --import tsx hunt-main.ts <most schedules> <options as JSON>`: runs schedules until one shows a violation; prints
 * its seed and the violation as JSON, or `{}`.
 */
const [most = '1', options = '{}'] = process.argv.slice(2)
const parsed = JSON.parse(options) as Partial<ScheduleOptions>
let caught: object = {}
for (let seed = 1; seed <= Number(most); seed++) {
  const { violations } = await runSchedule(seed, parsed)
  if (violations.length > 0) {
    caught = { seed, violation: violations[0] }
    break
  }
}
process.stdout.write(`${JSON.stringify(caught)}\n`)
