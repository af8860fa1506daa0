import { describe, expect, test, vi } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { OutageGate } from '../../../src/cache/outage.js'
import { OverloadedError, TierUnavailableError } from '../../../src/errors.js'
import { ManualClock, settle } from '../../support/manual-clock.js'
import { openBeside, openBoth, quiet, rejectionOf, slowLoader, stateOf } from './harness.js'

const tags = ['t']

const invalidations: [string, (cache: Cache) => Promise<unknown>][] = [
  ['delete', (cache) => cache.delete('k')],
  ['expire', (cache) => cache.expire('k')],
  ['invalidateTags', (cache) => cache.invalidateTags('t')],
  ['soft invalidateTags', (cache) => cache.invalidateTags('t', { soft: true })],
  ['clear', (cache) => cache.clear()],
]

describe.each([
  ['asked in vain', false],
  ['not even asked', true],
])('while the second tier is away (%s)', (_, known) => {
  test('a read falls to the loader, and asks no further', async () => {
    const { cache, remote } = openBoth()
    remote.fail('timeout', known)
    expect(await cache.read('k', () => 'loaded')).toMatchObject({
      value: 'loaded',
      outcome: 'miss',
    })
    expect(remote.calls).toMatchObject({ read: known ? 0 : 1, stampsOf: 0, write: 0 })
  })

  test('a read without a loader finds nothing', async () => {
    const { cache, remote } = openBoth()
    remote.fail('timeout', known)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(await cache.getMany(['k'], { key: (id) => id })).toEqual(new Map())
  })

  test('memory goes on serving what it has', async () => {
    const { cache, remote } = openBoth({ ttl: '1h' })
    await cache.set('k', 'value')
    remote.fail('timeout', known)
    expect(await cache.get('k')).toBe('value')
  })

  test('a stale value in memory is served', async () => {
    const { cache, remote, clock } = openBoth({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'old')
    clock.advance(61_000)
    remote.fail('timeout', known)
    expect(await cache.read('k', () => 'new')).toMatchObject({ value: 'old', outcome: 'stale' })
    await settle()
    expect(await cache.get('k')).toBe('new')
  })

  test.each([
    ['what is loaded', (cache: Cache) => cache.get('k', () => 'value', { ttl: '1h', grace: '1h' })],
    ['what is set', (cache: Cache) => cache.set('k', 'value', { ttl: '1h', grace: '1h' })],
  ])('%s lives in memory for outage.ttl, then it is gone', async (_, store) => {
    const { cache, remote, clock } = openBoth({
      outage: { ttl: '3s' },
      coherence: { maxStaleness: '5s' },
    })
    remote.fail('connection', known)
    await store(cache)
    clock.advance(2_999)
    expect(await cache.get('k')).toBe('value')
    clock.advance(1)
    expect(await cache.read('k', () => 'new')).toMatchObject({ outcome: 'miss' })
  })

  test('its short life counts from the beginning of the load', async () => {
    const { cache, remote, clock } = openBoth({
      outage: { ttl: '3s' },
      coherence: { maxStaleness: '5s' },
    })
    remote.fail('connection', known)
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    clock.advance(1_000)
    load.runs[0]!.resolve('value')
    await call
    clock.advance(1_999)
    expect(await cache.get('k')).toBe('value')
    clock.advance(1)
    expect(await cache.get('k')).toBeUndefined()
  })

  test('does not make a shorter ttl longer', async () => {
    const { cache, remote, clock } = openBoth({ ttl: '1s' })
    remote.fail('connection', known)
    await cache.get('k', () => 'value')
    clock.advance(1_000)
    expect(await cache.get('k')).toBeUndefined()
  })

  test("tiers: 'memory' is not concerned", async () => {
    const { cache, remote, clock } = openBoth()
    remote.fail('connection', known)
    await cache.get('k', () => 'value', { tiers: 'memory', ttl: '1h' })
    clock.advance(3_599_000)
    expect(await cache.get('k')).toBe('value')
  })

  test.each(invalidations)('%s is queued, and holds here at once', async (_, invalidate) => {
    const { cache, remote } = openBoth({ grace: '1h' })
    await cache.set('k', 'old', { tags })
    remote.fail('connection', known)
    const done = invalidate(cache)
    expect(cache.peek('k')).toBeUndefined()
    expect(await done).toBe('queued')
    expect(cache.stats().queue.depth).toBe(1)
  })

  test.each(invalidations)(
    '%s is replayed before the second tier is read again',
    async (_, invalidate) => {
      const both = openBoth({ grace: '1h' })
      const { cache, remote, clock } = both
      await cache.set('k', 'old', { tags })
      remote.fail('connection', known)
      await invalidate(cache)
      remote.mend()
      const { read } = remote.calls
      expect(await cache.get('k')).toBeUndefined()
      expect(remote.calls.read).toBe(read)
      await clock.advanceAsync(100)
      expect(cache.stats().queue.depth).toBe(0)
      expect(await cache.get('k')).toBeUndefined()
      expect(remote.calls.read).toBe(read + 1)
      expect(await openBeside(both, { grace: '1h' }).cache.get('k')).toBeUndefined()
    },
  )

  test('a set is queued and replayed as a delete: a newer value is not overwritten', async () => {
    const both = openBoth()
    const { cache, remote, clock } = both
    await cache.set('k', 'before')
    remote.fail('connection', known)
    expect(await cache.set('k', 'during')).toBe('queued')
    expect(await cache.get('k')).toBe('during')
    remote.mend()
    await openBeside(both).cache.set('k', 'by another')
    await clock.advanceAsync(100)
    expect(remote.of('default').entries.has('k')).toBe(false)
    // What this process kept may be older than what was there: it is dropped with the replay.
    expect(cache.peek('k')).toBeUndefined()
  })

  test('setMany tells that something was queued', async () => {
    const { cache, remote } = openBoth()
    remote.fail('connection', known)
    expect(await cache.setMany([{ key: 'a', value: 1 }])).toBe('queued')
  })

  test('what is invalidated after the outage waits its turn behind the queue', async () => {
    const { cache, remote, clock } = openBoth()
    remote.fail('connection', known)
    await cache.delete('a')
    remote.mend()
    expect(await cache.delete('b')).toBe('queued')
    await clock.advanceAsync(100)
    expect(cache.stats().queue.depth).toBe(0)
    expect(await cache.delete('c')).toBe('applied')
  })

  test('the queue tries again after 100 ms, doubling to 2 s', async () => {
    const { cache, remote, clock } = openBoth()
    remote.fail('connection', known)
    await cache.delete('k')
    const { remove } = remote.calls
    const at: number[] = []
    const begin = clock.now()
    for (let step = 0; step < 100; step++) {
      const before = remote.calls.remove
      await clock.advanceAsync(100)
      if (remote.calls.remove > before) at.push(clock.now() - begin)
    }
    expect(remote.calls.remove - remove).toBe(at.length)
    expect(at).toEqual([100, 300, 700, 1_500, 3_100, 5_100, 7_100, 9_100])
  })

  test('a queue over its bound clears the namespaces concerned, and them only', async () => {
    const both = openBoth({ outage: { maxQueued: 3 } })
    const { cache, remote, clock } = both
    const child = cache.namespace('child')
    const other = cache.namespace('other')
    for (const space of [cache, child, other]) {
      await space.setMany(['a', 'b', 'c', 'z'].map((key) => ({ key, value: 'old' })))
    }
    remote.fail('connection', known)
    for (const key of ['a', 'b', 'c']) await cache.delete(key)
    expect(cache.stats().queue.depth).toBe(3)
    await child.delete('a')
    expect(cache.stats().queue.depth).toBe(2)
    remote.mend()
    await clock.advanceAsync(2_000)
    expect(cache.stats().queue.depth).toBe(0)
    const beside = openBeside(both).cache
    expect(await beside.has('z')).toBe(false)
    expect(await beside.namespace('child').has('z')).toBe(false)
    expect(await beside.namespace('other').has('z')).toBe(true)
    expect(cache.peek('z')).toBeUndefined()
  })

  test('replays in the order asked for', async () => {
    const { cache, remote, clock } = openBoth()
    const seen: string[] = []
    const tier = remote.of('default')
    for (const name of ['remove', 'expire', 'invalidate', 'clear'] as const) {
      vi.spyOn(tier, name).mockImplementation(() => {
        seen.push(name)
        return Promise.resolve()
      })
    }
    remote.fail('connection', true)
    await cache.expire('k')
    await cache.clear()
    await cache.delete('k')
    await cache.invalidateTags('t')
    remote.mend()
    await clock.advanceAsync(100)
    expect(seen).toEqual(['expire', 'clear', 'remove', 'invalidate'])
  })

  test('bounds the loads under way', async () => {
    const { cache, remote, clock } = openBoth({ outage: { maxLoads: 2, maxWaiting: 1 } })
    remote.fail('connection', known)
    const load = slowLoader<string>()
    const calls = ['a', 'b', 'c', 'd'].map((key) => quiet(cache.get(key, load)))
    await settle()
    expect(load.runs).toHaveLength(2)
    expect(await rejectionOf(calls[3]!)).toBeInstanceOf(OverloadedError)
    load.runs[0]!.resolve('a')
    await settle()
    expect(load.runs).toHaveLength(3)
    load.runs[1]!.resolve('b')
    load.runs[2]!.resolve('c')
    expect(await Promise.all(calls.slice(0, 3))).toEqual(['a', 'b', 'c'])
    expect(clock.waiting).toBe(0)
  })

  test('who waits a second for a load in vain is refused, or served stale', async () => {
    const { cache, remote, clock } = openBoth({
      ttl: '1m',
      grace: '1h',
      softTimeout: false,
      outage: { maxLoads: 1 },
    })
    await cache.set('stale', 'old')
    clock.advance(61_000)
    remote.fail('connection', known)
    const load = slowLoader<string>()
    const first = cache.get('a', load)
    const second = quiet(cache.get('b', load))
    const stale = cache.read('stale', load)
    await settle()
    await clock.advanceAsync(1_000)
    expect(await rejectionOf(second)).toBeInstanceOf(OverloadedError)
    expect(await stale).toMatchObject({ value: 'old', outcome: 'stale' })
    load.runs[0]!.resolve('a')
    await first
    expect(load.runs).toHaveLength(1)
  })

  test('a failed load makes room', async () => {
    const { cache, remote } = openBoth({ outage: { maxLoads: 1 } })
    remote.fail('connection', known)
    await expect(cache.get('a', () => Promise.reject(new Error('x')))).rejects.toThrow('x')
    expect(await cache.get('b', () => 'b')).toBe('b')
  })

  test('a getMany takes one place for all its ids', async () => {
    const { cache, remote } = openBoth({ outage: { maxLoads: 1, maxWaiting: 0 } })
    remote.fail('connection', known)
    const values = await cache.getMany([1, 2, 3], {
      key: (id) => `${id}`,
      load: (ids) => ids.map((id) => id),
    })
    expect(values.size).toBe(3)
  })
})

describe('a second tier that fails half-way', () => {
  test('with the write of a loaded value: it lives briefly in memory', async () => {
    const { cache, remote, clock } = openBoth({ ttl: '1h' })
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    remote.fail('timeout')
    load.runs[0]!.resolve('value')
    expect(await call).toBe('value')
    clock.advance(1_999)
    expect(await cache.get('k')).toBe('value')
    clock.advance(1)
    expect(await cache.get('k')).toBeUndefined()
  })

  test('with the lease: the loader runs', async () => {
    const { cache, remote } = openBoth()
    const release = remote.holdReply('read')
    const call = cache.get('k', () => 'value')
    await settle()
    remote.fail('timeout')
    release()
    expect(await call).toBe('value')
    expect(remote.calls.stampsOf).toBe(1)
  })

  test('with the write of a set: it is queued as a removal', async () => {
    const { cache, remote } = openBoth()
    const release = remote.holdReply('stampsOf')
    const set = cache.set('k', 'value')
    await settle()
    remote.fail('timeout')
    release()
    expect(await set).toBe('queued')
    expect(await cache.get('k')).toBe('value')
    expect(cache.stats().queue.depth).toBe(1)
  })

  test('an error that says no is told, once in the log', async () => {
    const said: string[] = []
    const log = (_: object, message: string): void => void said.push(message)
    const { cache, remote, errors } = openBoth({ logger: { info: log, warn: log } })
    remote.fail('refused')
    await cache.get('a', () => 1)
    await cache.get('b', () => 1)
    expect(errors.length).toBeGreaterThanOrEqual(2)
    expect(errors[0]).toBeInstanceOf(TierUnavailableError)
    expect(said).toHaveLength(1)
  })
})

describe('throwOnCacheError', () => {
  test('hands the failure of a read to the caller', async () => {
    const { cache, remote } = openBoth({ throwOnCacheError: true })
    remote.fail('timeout')
    const error = await rejectionOf(cache.get('k', () => 'value'))
    expect(error).toBeInstanceOf(TierUnavailableError)
    expect(error).toMatchObject({
      code: 'STRATA_TIER_UNAVAILABLE',
      tier: 'redis',
      reason: 'timeout',
    })
    expect(await rejectionOf(cache.get('k'))).toBeInstanceOf(TierUnavailableError)
    expect(cache.stats().reads).toEqual({ error: { none: 2 } })
  })

  test('hands it over also where nobody asks any more', async () => {
    const { cache, remote } = openBoth({ throwOnCacheError: true })
    remote.fail('open', true)
    const error = await rejectionOf(cache.get('k', () => 'value'))
    expect(error).toBeInstanceOf(TierUnavailableError)
  })
})

describe('OutageGate', () => {
  const open = (maxLoads: number, maxWaiting: number) => {
    const clock = new ManualClock()
    return { clock, gate: new OutageGate({ maxLoads, maxWaiting }, clock) }
  }

  test('admits so many, lets so many wait, refuses the rest', async () => {
    const { gate } = open(2, 1)
    await gate.enter()
    await gate.enter()
    const third = gate.enter()
    expect(await stateOf(third)).toBe('pending')
    await expect(gate.enter()).rejects.toBeInstanceOf(OverloadedError)
    gate.leave()
    await third
  })

  test('passes places on in the order of waiting', async () => {
    const { gate } = open(1, 10)
    await gate.enter()
    const seen: number[] = []
    const waits = [1, 2, 3].map((n) => gate.enter().then(() => seen.push(n)))
    for (const wait of waits) {
      gate.leave()
      await wait
    }
    expect(seen).toEqual([1, 2, 3])
  })

  test('a place that came free is not given twice', async () => {
    const { gate, clock } = open(1, 10)
    await gate.enter()
    const second = quiet(gate.enter())
    clock.advance(1_000)
    await expect(second).rejects.toBeInstanceOf(OverloadedError)
    gate.leave()
    await gate.enter()
    expect(await stateOf(quiet(gate.enter()))).toBe('pending')
    expect(clock.waiting).toBe(1)
  })

  test('who is admitted is not refused later', async () => {
    const { gate, clock } = open(1, 10)
    await gate.enter()
    const second = gate.enter()
    clock.advance(999)
    gate.leave()
    clock.advance(10_000)
    await second
    expect(clock.waiting).toBe(0)
  })
})
