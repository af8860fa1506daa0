import { expect, test } from 'vitest'
import type { Cache } from '../../src/cache/cache.js'
import { Dice } from '../support/dice.js'
import { Loop } from './time/loop.js'
import { SCHEDULE_DEFAULTS, type ScheduleOptions } from './world/schedule-options.js'
import { World } from './world/world.js'

/*
 * A client of the application sends again what was not answered when its connection was lost. If the address is another
 * server's by then, the answer comes from one that may not have heard of the last invalidations, before anybody could ask
 * who it is: nobody may be waiting for it any more.
 */

const OPTIONS: ScheduleOptions = {
  ...SCHEDULE_DEFAULTS,
  processes: 1,
  cache: { memory: false },
  // so long that it is not the timeout that ends a read
  redis: { timeout: 10_000 },
  keepTrace: true,
}

/** Milliseconds, enough for everything that is not held up, the next dial included. */
const A_WHILE = 500

/** What was read of a key while its server failed over to one that had not heard of the invalidation. */
interface Episode {
  readonly tags: readonly string[]
  readonly invalidate: (cache: Cache) => Promise<unknown>
  /** The command that is sent again. */
  readonly resent: string
}

async function readDuringFailover({ tags, invalidate, resent }: Episode): Promise<unknown> {
  const loop = new Loop()
  const restore = loop.install(new Dice(1))
  try {
    const world = new World(1, loop, OPTIONS)
    await world.populate(() => {})
    const { scheduler, trace } = world
    const { redis, network } = world.anyServer()
    const cache = world.processes[0]!.cacheOf('key')
    const pass = (ms: number): Promise<void> => scheduler.run(scheduler.now + ms)
    const done = async <T>(promise: Promise<T>): Promise<T> => {
      await pass(A_WHILE)
      return await promise
    }
    await pass(A_WHILE)
    expect(await done(cache.set('key', 'old', { ttl: '1h', tags }))).toBe('applied')
    const snapshot = redis.snapshot()
    expect(await done(invalidate(cache))).toBe('applied')
    const from = trace.lines.length
    const isSent = (): boolean => trace.lines.slice(from).some((line) => line.includes(resent))
    // requests take a moment: once the one before is answered, nothing gets through
    const isTurn = (): boolean => tags.length === 0 || trace.lines.length > from
    const read = cache.read('key', () => 'new')
    while (!isTurn()) await pass(0.01)
    for (const socket of network.sockets()) socket.hold('requests')
    await pass(20)
    expect(isSent()).toBe(false)
    redis.restart(snapshot)
    const { value } = await done(read)
    const info = trace.lines.findIndex((line, i) => i > from && line.includes(' info server '))
    expect(trace.lines.slice(from, info).some((line) => line.includes(resent))).toBe(true)
    return value
  } finally {
    restore()
  }
}

test('an entry that another server had is not believed', async () => {
  const invalidate = (cache: Cache): Promise<unknown> => cache.delete('key')
  const episode = { tags: [], invalidate, resent: 'mget s1:sim:e:{key}' }
  expect(await readDuringFailover(episode)).toBe('new')
})

test('the version of a tag that another server had is not believed', async () => {
  const invalidate = (cache: Cache): Promise<unknown> => cache.invalidateTags('tag')
  const episode = { tags: ['tag'], invalidate, resent: 'mget s1:sim:t:{tag}' }
  expect(await readDuringFailover(episode)).toBe('new')
})
