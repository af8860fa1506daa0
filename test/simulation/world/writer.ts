import type { WriteResult } from '../../../src/cache/write-result.js'
import type { SetOptions } from '../../../src/cache/options.js'
import type { WriteWay } from './menu.js'
import { GROUP, isSoft, keysOf, policyOf, type RowPolicy, tagOf } from './row-key.js'
import type { Row } from './rows.js'
import type { SimulatedProcess } from './simulated-process.js'
import type { World } from './world.js'

/**
 * Milliseconds until a `set` that was not confirmed (Redis was away, or its process died) can do no more harm: its deadline,
 * and the error of the clocks. Until then its value may still arrive, and no other writer of the row should begin.
 */
const LATE = 300

/**
 * One writer a row at a time, as an application would have it that sets values: of two concurrent ones nobody can say
 * which is to win.
 */
export class RowLocks {
  readonly #holders = new Map<string, SimulatedProcess>()

  /** Whether it was free. */
  take(key: string, process: SimulatedProcess, now: number): boolean {
    const holder = this.#holders.get(key)
    if (holder !== undefined && !(now - (holder.diedAt ?? now) > LATE)) return false
    this.#holders.set(key, process)
    return true
  }

  free(key: string): void {
    this.#holders.delete(key)
  }
}

function carryOut(
  world: World,
  way: WriteWay,
  process: SimulatedProcess,
  row: Row,
): Promise<WriteResult> {
  const { key } = row
  const cache = process.cacheOf(key)
  switch (way) {
    case 'delete':
      return cache.delete(key)
    case 'set':
      return cache.set(key, row, settable(policyOf(key, world.options.policy)))
    case 'tag':
      return cache.invalidateTags(tagOf(key))
    case 'clear':
      return cache.clear()
    case 'expire':
      return cache.expire(key)
    case 'soft tag':
      return cache.invalidateTags(tagOf(key), { soft: true })
    case 'group':
      return cache.invalidateTags([GROUP])
    case 'delete many':
      return cache.deleteMany([key, world.neighbourOf(key)])
  }
}

/** What concerns other rows, too. */
const WIDE: readonly WriteWay[] = ['clear', 'group', 'delete many']

/** What may be said of a set. */
function settable({ ttl, grace, negativeTtl, jitter, tags }: RowPolicy): SetOptions {
  return { ttl, grace, negativeTtl, jitter, tags }
}

/** Soft rows may be set, too: that is newer than what was stale. */
function waysFor(world: World, key: string): WriteWay[] {
  const allowed: readonly WriteWay[] = isSoft(key)
    ? ['expire', 'soft tag', 'set']
    : ['delete', 'set', 'tag', 'clear', 'group', 'delete many']
  return world.options.ways.filter((way) => allowed.includes(way))
}

/** Changes a row, tells the cache, remembers what it was told. Gives whether a value may still arrive in Redis. */
async function writeRow(world: World, process: SimulatedProcess, key: string): Promise<boolean> {
  const { rows, dice, counts, checker, scheduler, options } = world
  const ways = waysFor(world, key)
  if (ways.length === 0) return false
  const way = dice.pick(ways)
  const version = rows.write(key)
  counts.writes += 1
  const calm = rows.disturbances.begin(WIDE.includes(way) ? keysOf(options.keys) : [key])
  world.log(`${process.name} ${way} ${key} ${version} begins`)
  try {
    const result = await carryOut(world, way, process, { key, version })
    calm()
    counts[result] += 1
    world.log(`${process.name} ${way} ${key} ${version} ${result}`)
    checker.acknowledge(key, {
      version,
      at: scheduler.now,
      process: process.name,
      how: `${way} ${result}`,
      isApplied: result === 'applied',
    })
    return way === 'set' && result === 'queued'
  } catch (error) {
    counts.errors += 1
    world.log(`${process.name} ${way} ${key} threw ${String(error)}`)
    return way === 'set'
  }
}

/** Writes again and again. */
export async function keepWriting(
  world: World,
  process: SimulatedProcess,
  keys: readonly string[],
  locks: RowLocks,
): Promise<void> {
  const { scheduler, dice, options } = world
  for (;;) {
    await scheduler.sleep(dice.next() * options.writeEvery, process)
    if (world.isOver) return
    const key = dice.pick(keys)
    if (!locks.take(key, process, scheduler.now)) continue
    const mayArrive = await writeRow(world, process, key)
    if (mayArrive) await scheduler.sleep(LATE, process)
    locks.free(key)
  }
}
