import type { Row } from './rows.js'
import { isSoft, policyOf } from './row-key.js'
import type { SimulatedProcess } from './simulated-process.js'
import type { World } from './world.js'

/** Reads one row through the cache of a process, and has the checker judge what came. */
export async function readRow(world: World, process: SimulatedProcess, key: string): Promise<void> {
  const { checker, scheduler, rows, dice, options, counts, outcomes } = world
  const watch = checker.begin(key, process.name, scheduler.now)
  const [before, after] = [dice.next(), dice.next()].map((part) => (part * options.loadTime) / 2)
  counts.reads += 1
  try {
    const load = (): Promise<Row> => rows.load(key, before ?? 0, after ?? 0, process)
    const reading = await process.cache.read<Row>(key, load, policyOf(key))
    const how = `${reading.outcome} ${reading.tier ?? ''}${reading.collapsed ? ' collapsed' : ''}${reading.revoked ? ' revoked' : ''}`
    outcomes[how] = (outcomes[how] ?? 0) + 1
    world.log(`${process.name} read ${key} -> ${reading.value.version} ${how}`)
    // what has been made stale may be served as stale
    const isExcused = isSoft(key) && reading.outcome === 'stale'
    const got = { version: reading.value.version, isJoined: reading.collapsed }
    checker.end(watch, isExcused ? undefined : got, how, scheduler.now)
  } catch (error) {
    counts.errors += 1
    world.log(`${process.name} read ${key} threw ${String(error)}`)
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
    await readRow(world, process, dice.pick(keys))
  }
}
