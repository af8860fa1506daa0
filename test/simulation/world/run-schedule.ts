import { Loop } from '../time/loop.js'
import { FAULTS, type Fault } from './faults.js'
import { keepReading, readRow } from './reader.js'
import { keysOf } from './row-key.js'
import { SCHEDULE_DEFAULTS, type ScheduleOptions, type ScheduleResult } from './schedule-options.js'
import { World } from './world.js'
import { keepWriting, RowLocks } from './writer.js'
import { Dice } from '../../support/dice.js'

/** Milliseconds of virtual time between two looks at what has died. */
const STEP = 50

/** Longer than anything takes to recover: breakers, redials, what was queued. */
const RECOVERY = 12_000

/** Runs one history of several processes, a Redis and what goes wrong between them; the seed decides everything. */
export async function runSchedule(
  seed: number,
  given: Partial<ScheduleOptions> = {},
): Promise<ScheduleResult> {
  const options = { ...SCHEDULE_DEFAULTS, ...given }
  const loop = new Loop()
  const restore = loop.install(new Dice(seed))
  try {
    const world = new World(seed, loop, options)
    const keys = keysOf(options.keys)
    const locks = new RowLocks()
    await world.populate((process) => {
      for (let i = 0; i < options.readers; i++) void keepReading(world, process, keys)
      for (let i = 0; i < options.writers; i++) void keepWriting(world, process, keys, locks)
    })
    const endings = planFaults(world)
    for (let at = STEP; at <= options.duration; at += STEP) {
      await world.scheduler.run(at)
      await world.replaceDead()
    }
    for (const end of endings) end()
    await recover(world, keys)
    return resultOf(seed, world)
  } finally {
    restore()
  }
}

/** Faults at random moments. Returns what ends those that are still going on, whenever it is called. */
function planFaults(world: World): Set<() => void> {
  const { options, scheduler, dice } = world
  const endings = new Set<() => void>()
  const next = (): void => {
    scheduler.after(dice.next() * options.faultEvery, () => {
      if (world.isOver || options.faults.length === 0) return
      const name = dice.pick(options.faults)
      world.counts.faults += 1
      world.log(`fault ${name}`)
      begin(FAULTS[name])
      next()
    })
  }
  const begin = (fault: Fault): void => {
    const ending = fault(world)
    if (ending === undefined) return
    const end = (): void => {
      if (!endings.delete(end)) return
      world.log('a fault ends')
      ending.end()
    }
    endings.add(end)
    scheduler.after(ending.after, end)
  }
  next()
  return endings
}

/** Everything works again and nobody writes: after a while each process must see the last version of each row. */
async function recover(world: World, keys: readonly string[]): Promise<void> {
  const { scheduler, checker, processes } = world
  await world.replaceDead()
  await scheduler.run(world.end + RECOVERY)
  const living = processes.map(({ name }) => name)
  checker.reportStuck(living, scheduler.now)
  checker.rest(living)
  for (const process of processes) {
    for (const key of keys) void readRow(world, process, key, 'read')
  }
  const end = scheduler.now + RECOVERY
  while (checker.isBusy && scheduler.now < end) await scheduler.run(scheduler.now + STEP)
  checker.reportStuck(living, scheduler.now)
}

function resultOf(seed: number, world: World): ScheduleResult {
  const { checker, rows, counts, outcomes, scheduler, trace } = world
  const { loads, overlaps } = rows
  return {
    seed,
    violations: checker.violations,
    trace: trace.digest(),
    lines: trace.lines,
    stats: { ...counts, loads, ...overlaps, events: scheduler.ran, outcomes },
  }
}
