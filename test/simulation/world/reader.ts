import { READ_WAYS } from './read-ways.js'
import type { ReadWay } from './menu.js'
import type { SimulatedProcess } from './simulated-process.js'
import type { World } from './world.js'

/** Reads one row through the cache of a process, and has the checker judge what came. */
export async function readRow(
  world: World,
  process: SimulatedProcess,
  key: string,
  way: ReadWay,
): Promise<void> {
  const { checker, scheduler, counts } = world
  const since = scheduler.now
  const watch = checker.begin(key, process.name, since)
  counts.reads += 1
  try {
    const brought = await READ_WAYS[way]({ world, process, key, since })
    const { version, how = 'nothing' } = brought ?? {}
    world.log(`${process.name} ${way} ${key} -> ${version ?? 'none'} ${how}`)
    const isJudged = brought !== undefined && !brought.isExcused
    checker.end(watch, isJudged ? brought : undefined, `${way}: ${how}`, scheduler.now)
  } catch (error) {
    counts.errors += 1
    world.log(`${process.name} ${way} ${key} threw ${String(error)}`)
    checker.end(watch, undefined, 'threw', scheduler.now)
  }
}

/** Reads again and again. */
export async function keepReading(
  world: World,
  process: SimulatedProcess,
  keys: readonly string[],
): Promise<void> {
  const { scheduler, dice, options } = world
  for (;;) {
    await scheduler.sleep(dice.next() * options.readEvery, process)
    if (world.isOver) return
    await readRow(world, process, dice.pick(keys), dice.pick(options.reading))
  }
}
