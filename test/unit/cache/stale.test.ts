import { describe, expect, test, vi } from 'vitest'
import type { GetOptions } from '../../../src/cache/options.js'
import { LoadResultError, LoadTimeoutError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import {
  everyShape,
  type Open,
  openBoth,
  openMemory,
  quiet,
  slowLoader,
  stateOf,
} from './harness.js'

/** 'k' is stale since a second, and so for nearly an hour. */
async function openStale(options: GetOptions = {}, open: Open = openMemory) {
  const opened = open({ ttl: '1m', grace: '1h', ...options })
  await opened.cache.set('k', 'old')
  opened.clock.advance(61_000)
  return opened
}

const failing = (): Promise<never> => Promise.reject(new Error('no database'))

describe.each(everyShape)('a stale value (%s)', (_, open) => {
  test('is served at once while one revalidation runs', async () => {
    const { cache } = await openStale({}, open)
    const load = slowLoader<string>()
    for (let call = 0; call < 10; call++) {
      expect(await cache.read('k', load)).toMatchObject({
        value: 'old',
        outcome: 'stale',
        collapsed: false,
      })
    }
    expect(load.runs).toHaveLength(1)
    load.runs[0]!.resolve('new')
    await settle()
    expect(await cache.read('k', load)).toMatchObject({ value: 'new', outcome: 'hit' })
    expect(load.runs).toHaveLength(1)
  })

  test('is a miss without a loader', async () => {
    const { cache } = await openStale({}, open)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.getMany(['k'], { key: (id) => id })).toEqual(new Map())
    expect(await cache.read('k')).toMatchObject({ outcome: 'miss', tier: undefined })
  })

  test('is gone after its grace', async () => {
    const { cache, clock } = await openStale({}, open)
    clock.advance(3_599_000 - 1)
    expect(await cache.get('k', failing, { softTimeout: false })).toBe('old')
    clock.advance(1)
    await expect(cache.get('k', failing, { softTimeout: false })).rejects.toThrow('no database')
  })
})

describe('stale while the loader fails', () => {
  test('serves stale, and does not try again before retryAfter', async () => {
    const { cache, clock } = await openStale({ retryAfter: '5s' })
    const load = vi.fn(failing)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(await cache.get('k', load)).toBe('old')
    clock.advance(4_999)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load).toHaveBeenCalledTimes(1)
    clock.advance(1)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('also when the caller waits for the loader', async () => {
    const { cache, clock } = await openStale({ retryAfter: '5s', softTimeout: false })
    const load = vi.fn(failing)
    expect(await cache.read('k', load)).toMatchObject({ value: 'old', outcome: 'stale' })
    expect(await cache.get('k', load)).toBe('old')
    expect(load).toHaveBeenCalledTimes(1)
    clock.advance(5_000)
    expect(await cache.get('k', load)).toBe('old')
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('retryAfter is 1 s unless told otherwise, and 0 means at once', async () => {
    const { cache, clock } = await openStale({ softTimeout: false })
    const load = vi.fn(failing)
    await cache.get('k', load)
    clock.advance(999)
    await cache.get('k', load)
    expect(load).toHaveBeenCalledTimes(1)
    clock.advance(1)
    await cache.get('k', load, { retryAfter: 0 })
    await cache.get('k', load, { retryAfter: 0 })
    expect(load).toHaveBeenCalledTimes(3)
  })

  test('a load that succeeds ends the rest', async () => {
    const { cache, clock } = await openStale({ retryAfter: '10m', softTimeout: false })
    await cache.get('k', failing)
    await cache.get('k', () => 'new', { force: true })
    clock.advance(61_000)
    expect(await cache.get('k', () => 'newer')).toBe('newer')
  })

  test.each([
    ['delete', 'delete' as const],
    ['expire', 'expire' as const],
  ])('%s ends the rest', async (_, operation) => {
    const { cache } = await openStale({ retryAfter: '10m', softTimeout: false })
    await cache.get('k', failing)
    await cache[operation]('k')
    expect(await cache.get('k', () => 'new')).toBe('new')
  })

  test('forced: the failure is thrown, whatever is stored', async () => {
    const { cache } = await openStale()
    await expect(cache.get('k', failing, { force: true })).rejects.toThrow('no database')
  })

  test('nothing stale at hand: the failure is thrown each time, the loader runs each time', async () => {
    const { cache } = openMemory({ grace: '1h' })
    const load = vi.fn(failing)
    await expect(cache.get('k', load)).rejects.toThrow('no database')
    await expect(cache.get('k', load)).rejects.toThrow('no database')
    expect(load).toHaveBeenCalledTimes(2)
  })

  test('a caller that waits is given the failure once the stale value is gone', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1s', softTimeout: false })
    await cache.set('k', 'old')
    clock.advance(60_500)
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    clock.advance(500)
    load.runs[0]!.reject(new Error('no database'))
    await expect(call).rejects.toThrow('no database')
  })

  test('a timeout of the loader is a failure like any other', async () => {
    const { cache, clock } = await openStale({ hardTimeout: '2s', softTimeout: false })
    const call = cache.read('k', slowLoader<string>())
    await settle()
    await clock.advanceAsync(2_000)
    expect(await call).toMatchObject({ value: 'old', outcome: 'stale' })
    await cache.delete('k')
    const second = quiet(cache.get('k', slowLoader()))
    await settle()
    await clock.advanceAsync(2_000)
    await expect(second).rejects.toBeInstanceOf(LoadTimeoutError)
  })

  test('the caller that has given up is told so, not given the stale value', async () => {
    const { cache } = await openStale({ softTimeout: false })
    const controller = new AbortController()
    const call = cache.get('k', slowLoader<string>(), { signal: controller.signal })
    await settle()
    controller.abort(new Error('gone'))
    await expect(call).rejects.toThrow('gone')
    // Nobody failed: the next one tries.
    expect(await cache.get('k', () => 'new')).toBe('new')
  })
})

describe('softTimeout', () => {
  test('waits so long for the loader, then serves stale and lets it finish', async () => {
    const { cache, clock } = await openStale({ softTimeout: 50 })
    const load = slowLoader<string>()
    const call = cache.read('k', load)
    await settle()
    await clock.advanceAsync(49)
    expect(await stateOf(call)).toBe('pending')
    await clock.advanceAsync(1)
    expect(await call).toMatchObject({ value: 'old', outcome: 'stale' })
    load.runs[0]!.resolve('new')
    await settle()
    expect(await cache.get('k')).toBe('new')
    expect(load.runs).toHaveLength(1)
  })

  test('is given the new value when the loader is in time', async () => {
    const { cache, clock } = await openStale({ softTimeout: 50 })
    const load = slowLoader<string>()
    const call = cache.read('k', load)
    await settle()
    await clock.advanceAsync(49)
    load.runs[0]!.resolve('new')
    expect(await call).toMatchObject({ value: 'new', outcome: 'miss', tier: 'loader' })
    expect(clock.waiting).toBe(0)
  })

  test('each caller waits its own time for the one load', async () => {
    const { cache, clock } = await openStale()
    const load = slowLoader<string>()
    const short = cache.get('k', load, { softTimeout: 50 })
    const long = cache.get('k', load, { softTimeout: 500 })
    expect(await cache.get('k', load, { softTimeout: 0 })).toBe('old')
    await settle()
    await clock.advanceAsync(50)
    expect(await short).toBe('old')
    expect(await stateOf(long)).toBe('pending')
    load.runs[0]!.resolve('new')
    expect(await long).toBe('new')
    expect(load.runs).toHaveLength(1)
  })

  test('false: waits as long as the loader takes', async () => {
    const { cache, clock } = await openStale({ softTimeout: false })
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    await clock.advanceAsync(29_999)
    load.runs[0]!.resolve('new')
    expect(await call).toBe('new')
  })

  test('a loader that fails after it lets the key rest', async () => {
    const { cache, clock } = await openStale({ softTimeout: 50, retryAfter: '5s' })
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    await clock.advanceAsync(50)
    await call
    load.runs[0]!.reject(new Error('late failure'))
    await settle()
    expect(await cache.get('k', load)).toBe('old')
    expect(load.runs).toHaveLength(1)
  })

  test('never serves a value that is gone by then: it goes on waiting', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1s', softTimeout: 800 })
    await cache.set('k', 'old')
    clock.advance(60_500)
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    await clock.advanceAsync(800)
    expect(await stateOf(call)).toBe('pending')
    load.runs[0]!.resolve('new')
    expect(await call).toBe('new')
  })

  test('does not matter where nothing stale is at hand', async () => {
    const { cache, clock } = openMemory({ softTimeout: 50 })
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    await clock.advanceAsync(5_000)
    load.runs[0]!.resolve('value')
    expect(await call).toBe('value')
  })
})

describe('ttl 0 with grace', () => {
  test('is always stale: served, and loaded anew at each read', async () => {
    const { cache, clock } = openMemory({ ttl: 0, grace: '1h' })
    let runs = 0
    const load = (): number => ++runs
    expect(await cache.read('k', load)).toMatchObject({ value: 1, outcome: 'miss' })
    expect(await cache.read('k', load)).toMatchObject({ value: 1, outcome: 'stale' })
    await settle()
    expect(await cache.read('k', load)).toMatchObject({ value: 2, outcome: 'stale' })
    await settle()
    expect(runs).toBe(3)
    clock.advance(3_600_000)
    expect(await cache.read('k', load)).toMatchObject({ value: 4, outcome: 'miss' })
  })
})

describe('earlyRefresh', () => {
  /** Loads that take 1 s, a ttl of 60 s, beta 1: with a draw of 1/e revalidation begins a second before the end. */
  const draw = (): number => 1 - 1 / Math.E

  async function openRefreshed() {
    const opened = openMemory({ ttl: '1m', earlyRefresh: 1 }, { random: draw })
    const load = slowLoader<string>()
    const first = opened.cache.get('k', load)
    await settle()
    opened.clock.advance(1_000)
    load.runs[0]!.resolve('old')
    await first
    return { ...opened, load }
  }

  test('revalidates ahead of time, once, while the fresh value is served', async () => {
    const { cache, clock, load } = await openRefreshed()
    clock.advance(58_990)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load.runs).toHaveLength(1)
    clock.advance(15)
    for (let call = 0; call < 5; call++) {
      expect(await cache.read('k', load)).toMatchObject({ value: 'old', outcome: 'hit' })
    }
    expect(load.runs).toHaveLength(2)
    load.runs[1]!.resolve('new')
    await settle()
    expect(await cache.read('k', load)).toMatchObject({ value: 'new', outcome: 'hit' })
    expect(load.runs).toHaveLength(2)
  })

  test('without a loader the value is fresh to its end', async () => {
    const { cache, clock } = await openRefreshed()
    clock.advance(59_999)
    expect(await cache.get('k')).toBe('old')
    expect(cache.peek('k')).toBe('old')
    expect(await cache.has('k')).toBe(true)
  })

  test('that fails is not tried again before retryAfter', async () => {
    const { cache, clock } = await openRefreshed()
    clock.advance(59_100)
    const load = vi.fn(failing)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load).toHaveBeenCalledTimes(1)
  })

  test('0 is off', async () => {
    const { cache, clock } = openMemory({ ttl: '1m' }, { random: () => 1 - 1e-9 })
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    clock.advance(10_000)
    load.runs[0]!.resolve('old')
    await first
    clock.advance(59_999)
    await cache.get('k', load)
    expect(load.runs).toHaveLength(1)
  })

  test('draws at each read where there is no memory to keep the draw', async () => {
    let random = 0
    const { cache, clock } = openBoth(
      { ttl: '1m', earlyRefresh: 1, memory: false },
      { random: () => random },
    )
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    clock.advance(1_000)
    load.runs[0]!.resolve('old')
    await first
    clock.advance(59_500)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load.runs).toHaveLength(1)
    random = draw()
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(load.runs).toHaveLength(2)
  })
})

describe('the loader of a revalidation', () => {
  test('sees the stale value and when it was stored, by the wall clock', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.get('k', (ctx) => {
      expect(ctx.stale()).toBeUndefined()
      return 'old'
    })
    const storedAt = clock.wall()
    clock.advance(61_000)
    let seen: unknown
    await cache.get('k', (ctx) => {
      seen = ctx.stale<string>()
      return 'new'
    })
    await settle()
    expect(seen).toEqual({ value: 'old', storedAt })
  })

  test('may keep it with a new ttl', async () => {
    const both = await openStale({ softTimeout: false }, openBoth)
    const { cache, clock } = both
    expect(await cache.read('k', (ctx) => ctx.notModified())).toMatchObject({
      value: 'old',
      outcome: 'miss',
    })
    clock.advance(59_000)
    expect(await cache.get('k')).toBe('old')
    clock.advance(1_000)
    expect(await cache.get('k')).toBeUndefined()
    expect(cache.stats().loadFailures).toBe(0)
  })

  test('that keeps it keeps its tags', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h', softTimeout: false })
    await cache.get('k', (ctx) => {
      ctx.tag('author:7')
      return 'old'
    })
    clock.advance(61_000)
    const reading = await cache.read('k', (ctx) => ctx.notModified())
    expect(reading.tags).toEqual(['author:7'])
    await cache.invalidateTags('author:7')
    expect(await cache.get('k')).toBeUndefined()
  })

  test('cannot keep what is not there', async () => {
    const { cache } = openMemory()
    const call = cache.get('k', (ctx) => ctx.notModified())
    await expect(call).rejects.toBeInstanceOf(LoadResultError)
  })

  test('may call a bad answer a failure: grace serves the stale value', async () => {
    const { cache } = await openStale({ softTimeout: false })
    expect(await cache.get('k', (ctx) => ctx.fail(new Error('503')))).toBe('old')
    expect(cache.stats().loadFailures).toBe(1)
    await cache.delete('k')
    const reason = { status: 503 }
    await expect(cache.get('k', (ctx) => ctx.fail(reason))).rejects.toBe(reason)
  })

  test('cannot change the stale value that others are given', async () => {
    for (const copy of ['freeze', 'clone'] as const) {
      const { cache, clock } = openMemory({ ttl: '1m', grace: '1h', memory: { copy } })
      await cache.set('k', { bytes: Buffer.from('old'), list: [1] })
      clock.advance(61_000)
      await cache.get('k', (ctx) => {
        const stale = ctx.stale<{ bytes: Buffer; list: number[] }>()
        stale?.value.bytes.write('XXX')
        throw new Error('failed')
      })
      await settle()
      const again = await cache.get('k', () => ({ bytes: Buffer.from('new'), list: [2] }))
      expect(again.bytes.toString()).toBe('old')
    }
  })
})
