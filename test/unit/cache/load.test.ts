import { describe, expect, test, vi } from 'vitest'
import { LoadTimeoutError, OverloadedError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { everyShape, openBoth, openMemory, quiet, slowLoader, stateOf } from './harness.js'

describe.each(everyShape)('one load per key (%s)', (_, open) => {
  test('1,000 callers at once are one load, one of them its owner', async () => {
    const { cache } = open()
    const load = slowLoader<{ n: number }>()
    const calls = Array.from({ length: 1_000 }, () => cache.read('k', load))
    await settle()
    expect(load.runs).toHaveLength(1)
    load.runs[0]!.resolve({ n: 1 })
    const readings = await Promise.all(calls)
    expect(load.runs).toHaveLength(1)
    expect(readings.filter(({ collapsed }) => !collapsed)).toHaveLength(1)
    expect(readings.every(({ value, outcome }) => value.n === 1 && outcome === 'miss')).toBe(true)
    expect(cache.stats().loads).toBe(1)
    expect(cache.stats().reads).toEqual({ miss: { loader: 1_000 } })
  })

  test('keys do not share a load', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const calls = [cache.get('a', load), cache.get('b', load)]
    await settle()
    expect(load.runs).toHaveLength(2)
    load.runs[0]!.resolve('A')
    load.runs[1]!.resolve('B')
    expect(await Promise.all(calls)).toEqual(['A', 'B'])
  })

  test('namespaces do not share a load', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const calls = [cache.get('k', load), cache.namespace('child').get('k', load)]
    await settle()
    load.runs[0]!.resolve('parent')
    load.runs[1]!.resolve('child')
    expect(await Promise.all(calls)).toEqual(['parent', 'child'])
  })

  test('a failed load is shared, not run again for each waiter, and not stored', async () => {
    const { cache } = open()
    const load = slowLoader<string>()
    const calls = Array.from({ length: 100 }, () => cache.get('k', load))
    await settle()
    const failure = new Error('no database')
    load.runs[0]!.reject(failure)
    const results = await Promise.allSettled(calls)
    expect(results.every((one) => one.status === 'rejected' && one.reason === failure)).toBe(true)
    expect(load.runs).toHaveLength(1)
    expect(cache.stats()).toMatchObject({ loads: 1, loadFailures: 1 })
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('k', () => 'again')).toBe('again')
  })
})

describe('a loader', () => {
  test.each([
    ['returns no promise', () => 'value', 'value'],
    ['returns a promise', () => Promise.resolve('value'), 'value'],
    [
      'returns a thenable',
      // oxlint-disable-next-line no-thenable -- what is not a promise but is awaited like one
      () => ({ then: (resolve: (value: string) => void) => resolve('value') }),
      'value',
    ],
    ['returns null', () => null, null],
    ['returns 0', () => 0, 0],
    ["returns ''", () => '', ''],
    ['returns false', () => false, false],
    ['returns NaN', () => Number.NaN, Number.NaN],
  ])('that %s: the value is stored', async (_, load, value) => {
    const { cache } = openMemory()
    expect(await cache.get('k', load as () => unknown)).toBe(value)
    expect(await cache.get('k')).toBe(value)
    expect(await cache.has('k')).toBe(true)
    expect(await cache.get('k', () => 'another')).toBe(value)
    expect(cache.stats().loads).toBe(1)
  })

  test('that returns undefined: it is returned and not stored', async () => {
    const { cache } = openBoth()
    const load = vi.fn(() => undefined)
    expect(await cache.get('k', load)).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(await cache.get('k', load)).toBeUndefined()
    expect(load).toHaveBeenCalledTimes(2)
  })

  const failure = new Error('failed')
  test.each<[string, () => never | Promise<never>, unknown]>([
    [
      'throws',
      () => {
        throw failure
      },
      failure,
    ],
    ['rejects', () => Promise.reject(failure), failure],
    // oxlint-disable-next-line prefer-promise-reject-errors
    ['rejects with what is no error', () => Promise.reject('text'), 'text'],
  ])('that %s: the call rejects with the very same', async (_, load, reason) => {
    const { cache } = openMemory()
    await expect(cache.get('k', load)).rejects.toBe(reason)
    await expect(cache.read('k', load)).rejects.toBe(reason)
    expect(cache.stats().loadFailures).toBe(2)
    expect(cache.stats().reads).toEqual({ error: { none: 2 } })
  })

  test('is told its key', async () => {
    const { cache } = openMemory()
    await cache.get('the key', (ctx) => expect(ctx.key).toBe('the key'))
  })

  test('is not run when the value is there', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'there')
    const load = vi.fn(() => 'loaded')
    expect(await cache.get('k', load)).toBe('there')
    expect(load).not.toHaveBeenCalled()
  })

  test('leaves no timer behind', async () => {
    const { cache, clock } = openMemory({ grace: '1h', softTimeout: 100 })
    await cache.get('a', () => 1)
    await cache.get('b', () => Promise.reject(new Error('failed'))).catch(() => undefined)
    await cache.expire('a')
    await cache.get('a', () => 2)
    await settle()
    expect(clock.waiting).toBe(0)
  })
})

describe('a caller that gives up', () => {
  const reason = new Error('the request is gone')

  test('leaves the load to the others', async () => {
    const { cache } = openMemory()
    const controller = new AbortController()
    const load = slowLoader<string>()
    let signal: AbortSignal | undefined
    const first = cache.get(
      'k',
      (ctx) => {
        signal = ctx.signal
        return load()
      },
      { signal: controller.signal },
    )
    await settle()
    const second = cache.get('k', load)
    await settle()
    controller.abort(reason)
    await expect(first).rejects.toBe(reason)
    expect(signal?.aborted).toBe(false)
    load.runs[0]!.resolve('value')
    expect(await second).toBe('value')
    expect(load.runs).toHaveLength(1)
    expect(await cache.get('k')).toBe('value')
  })

  test('as the last one aborts the load, whose late result is not stored', async () => {
    const { cache } = openMemory()
    const controllers = [new AbortController(), new AbortController()]
    const load = slowLoader<string>()
    let signal: AbortSignal | undefined
    const calls = controllers.map((controller) =>
      cache.get(
        'k',
        (ctx) => {
          signal = ctx.signal
          return load()
        },
        { signal: controller.signal },
      ),
    )
    await settle()
    controllers[0]!.abort(new Error('first'))
    expect(signal?.aborted).toBe(false)
    controllers[1]!.abort(reason)
    expect(signal?.aborted).toBe(true)
    expect(signal?.reason).toBe(reason)
    const results = await Promise.allSettled(calls)
    expect(results.map((one) => one.status === 'rejected' && String(one.reason))).toEqual([
      'Error: first',
      'Error: the request is gone',
    ])
    load.runs[0]!.resolve('late')
    await settle()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('leaves nothing that later callers join', async () => {
    const { cache } = openMemory()
    const controller = new AbortController()
    const load = slowLoader<string>()
    const first = cache.get('k', load, { signal: controller.signal })
    await settle()
    controller.abort(reason)
    await expect(first).rejects.toBe(reason)
    const second = cache.get('k', load)
    await settle()
    expect(load.runs).toHaveLength(2)
    load.runs[0]!.resolve('late')
    await settle()
    load.runs[1]!.resolve('value')
    expect(await second).toBe('value')
    expect(await cache.get('k')).toBe('value')
  })

  test('whose signal has aborted before runs no loader', async () => {
    const { cache } = openMemory()
    const load = vi.fn(() => 'value')
    const signal = AbortSignal.abort(reason)
    await expect(cache.get('k', load, { signal })).rejects.toBe(reason)
    await settle()
    expect(load).not.toHaveBeenCalled()
  })

  test('whose signal has aborted before does not end a load of others', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    await expect(cache.get('k', load, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    load.runs[0]!.resolve('value')
    expect(await first).toBe('value')
    expect(load.runs).toHaveLength(1)
  })

  test('takes no listener with it: the signal may live on', async () => {
    const { cache } = openMemory()
    const { signal } = new AbortController()
    const add = vi.spyOn(signal, 'addEventListener')
    const remove = vi.spyOn(signal, 'removeEventListener')
    await cache.get('k', () => 'value', { signal })
    await settle()
    expect(remove).toHaveBeenCalledTimes(add.mock.calls.length)
  })

  test('gives up a forced load and one of ttl 0 as well', async () => {
    const { cache } = openMemory()
    for (const options of [{ force: true }, { ttl: 0 }]) {
      const controller = new AbortController()
      let signal: AbortSignal | undefined
      const call = cache.get(
        'k',
        (ctx) => {
          signal = ctx.signal
          return new Promise<string>(() => {})
        },
        { ...options, signal: controller.signal },
      )
      await settle()
      controller.abort(reason)
      await expect(call).rejects.toBe(reason)
      expect(signal?.aborted).toBe(true)
    }
  })

  test('loses only itself: another rider without a signal keeps a background load going', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'old')
    clock.advance(61_000)
    const load = slowLoader<string>()
    let signal: AbortSignal | undefined
    const loader = (ctx: { signal: AbortSignal }): Promise<string> => {
      signal = ctx.signal
      return load()
    }
    expect(await cache.get('k', loader)).toBe('old')
    const controller = new AbortController()
    const rider = cache.get('k', loader, { softTimeout: false, signal: controller.signal })
    await settle()
    controller.abort(reason)
    await expect(rider).rejects.toBe(reason)
    expect(signal?.aborted).toBe(false)
    load.runs[0]!.resolve('new')
    await settle()
    expect(await cache.get('k')).toBe('new')
  })
})

describe('hardTimeout', () => {
  test('ends the call, aborts the signal, discards the late result', async () => {
    const { cache, clock } = openMemory({ hardTimeout: '1s' })
    const load = slowLoader<string>()
    let signal: AbortSignal | undefined
    const calls = [1, 2].map(() =>
      quiet(
        cache.get('k', (ctx) => {
          signal = ctx.signal
          return load()
        }),
      ),
    )
    await settle()
    await clock.advanceAsync(999)
    expect(await stateOf(calls[0]!)).toBe('pending')
    await clock.advanceAsync(1)
    for (const call of calls) {
      const error = await call.catch((error: unknown) => error)
      expect(error).toBeInstanceOf(LoadTimeoutError)
      expect(error).toMatchObject({ code: 'STRATA_LOAD_TIMEOUT', key: 'k', timeout: 1_000 })
      expect(signal?.reason).toBe(error)
    }
    load.runs[0]!.resolve('late')
    await settle()
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('k', () => 'new')).toBe('new')
  })

  test('is 30 s unless told otherwise', async () => {
    const { cache, clock } = openMemory()
    const call = quiet(cache.get('k', slowLoader()))
    await settle()
    await clock.advanceAsync(29_999)
    expect(await stateOf(call)).toBe('pending')
    await clock.advanceAsync(1)
    await expect(call).rejects.toBeInstanceOf(LoadTimeoutError)
  })

  test('false: the loader may take as long as it likes', async () => {
    const { cache, clock } = openMemory({ hardTimeout: false })
    const load = slowLoader<string>()
    const call = cache.get('k', load)
    await settle()
    await clock.advanceAsync(3_600_000)
    load.runs[0]!.resolve('value')
    expect(await call).toBe('value')
    expect(await cache.get('k')).toBe('value')
  })

  test('holds for a load of ttl 0', async () => {
    const { cache, clock } = openMemory({ ttl: 0, hardTimeout: '1s' })
    const call = quiet(cache.get('k', slowLoader()))
    await settle()
    await clock.advanceAsync(1_000)
    await expect(call).rejects.toBeInstanceOf(LoadTimeoutError)
  })

  test('a load begun afterwards is not ended by the one before', async () => {
    const { cache, clock } = openMemory({ hardTimeout: '1s' })
    const load = slowLoader<string>()
    const first = quiet(cache.get('k', load))
    await settle()
    await clock.advanceAsync(1_000)
    await expect(first).rejects.toBeInstanceOf(LoadTimeoutError)
    const second = cache.get('k', load)
    await settle()
    load.runs[0]!.reject(new Error('late'))
    await settle()
    load.runs[1]!.resolve('value')
    expect(await second).toBe('value')
  })
})

describe('limits.waitersPerKey', () => {
  test('refuses who would wait beyond it', async () => {
    const { cache } = openMemory({ limits: { waitersPerKey: 3 } })
    const load = slowLoader<string>()
    const calls = Array.from({ length: 5 }, () => quiet(cache.get('k', load)))
    await settle()
    const error = await calls[3]!.catch((error: unknown) => error)
    expect(error).toBeInstanceOf(OverloadedError)
    expect(String(error)).toContain('limits.waitersPerKey')
    await expect(calls[4]).rejects.toBeInstanceOf(OverloadedError)
    load.runs[0]!.resolve('value')
    expect(await Promise.all(calls.slice(0, 3))).toEqual(['value', 'value', 'value'])
  })

  test('gives them a stale value where there is one', async () => {
    const { cache, clock } = openMemory({
      ttl: '1m',
      grace: '1h',
      softTimeout: false,
      limits: { waitersPerKey: 1 },
    })
    await cache.set('k', 'old')
    clock.advance(61_000)
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    expect(await cache.read('k', load)).toMatchObject({ value: 'old', outcome: 'stale' })
    load.runs[0]!.resolve('new')
    expect(await first).toBe('new')
  })

  test('a caller that has left makes room', async () => {
    const { cache } = openMemory({ limits: { waitersPerKey: 2 } })
    const load = slowLoader<string>()
    const controller = new AbortController()
    const first = cache.get('k', load)
    const second = cache.get('k', load, { signal: controller.signal })
    await settle()
    controller.abort(new Error('gone'))
    await expect(second).rejects.toThrow('gone')
    const third = cache.get('k', load)
    await settle()
    load.runs[0]!.resolve('value')
    expect(await Promise.all([first, third])).toEqual(['value', 'value'])
  })
})

describe('force', () => {
  test('loads whatever is stored, and replaces it in every tier', async () => {
    const both = openBoth()
    await both.cache.set('k', 'old')
    const reading = await both.cache.read('k', () => 'new', { force: true })
    expect(reading).toMatchObject({ value: 'new', outcome: 'bypass', tier: 'loader' })
    expect(await both.cache.get('k')).toBe('new')
    const there = both.remote.of('default').entries.get('k')
    expect(there?.entry.storedAt).toBe(Math.floor(both.clock.now()))
    expect(await both.cache.get('k', () => 'newer', { force: true })).toBe('newer')
    expect(both.remote.calls.read).toBe(0)
  })

  test('does not join a load under way, which is not stored', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    const forced = cache.get('k', load, { force: true })
    await settle()
    expect(load.runs).toHaveLength(2)
    load.runs[1]!.resolve('forced')
    expect(await forced).toBe('forced')
    load.runs[0]!.resolve('old')
    expect(await first).toBe('old')
    expect(await cache.get('k')).toBe('forced')
  })

  test('false is as if it were not said', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'there')
    expect(await cache.get('k', () => 'loaded', { force: false })).toBe('there')
  })

  test('that fails leaves what is stored', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'there')
    const failure = new Error('failed')
    await expect(cache.get('k', () => Promise.reject(failure), { force: true })).rejects.toBe(
      failure,
    )
    expect(await cache.get('k')).toBe('there')
  })
})
