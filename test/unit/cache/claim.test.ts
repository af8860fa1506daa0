import { describe, expect, test, vi } from 'vitest'
import type { EngineOptions } from '../../../src/cache/options.js'
import { RemoteLoadError, TierUnavailableError } from '../../../src/errors.js'
import { ManualClock, settle } from '../../support/manual-clock.js'
import { ScriptedDesk } from '../../support/scripted-desk.js'
import { openBeside, openBoth, rejectionOf, slowLoader, stateOf } from './harness.js'

/** A cache that asks a desk for its leases, and another process on the same Redis that asks nobody. */
function open(options: EngineOptions = {}, clock = new ManualClock()) {
  const opened = openBoth(options, { clock })
  const other = openBeside(opened, options).cache
  const desk = new ScriptedDesk(opened.remote)
  const stored = (): boolean => opened.remote.of('default').entries.has('k')
  return { ...opened, other, desk, stored }
}

describe('a key that somebody else loads', () => {
  test('is read again when the holder is done: no load here', async () => {
    const { cache, other, desk } = open()
    const load = vi.fn<() => string>()
    desk.script('k', desk.held('token'))
    const reading = cache.read('k', load)
    expect(await stateOf(reading)).toBe('pending')
    await other.set('k', 'theirs')
    desk.waits[0]?.wake()
    expect(await reading).toMatchObject({
      value: 'theirs',
      outcome: 'miss',
      tier: 'redis',
      collapsed: true,
    })
    expect(load).not.toHaveBeenCalled()
    expect(desk.waits[0]?.left).toBe(1)
    expect(cache.peek('k')).toBe('theirs')
    expect(cache.stats()).toMatchObject({ loads: 0, reads: { miss: { redis: 1 } } })
  })

  test('brings the value to all who joined', async () => {
    const { cache, other, desk } = open()
    desk.script('k', desk.held('token'))
    const all = Array.from({ length: 100 }, () => cache.get('k', () => 'mine'))
    await settle()
    await other.set('k', 'theirs')
    desk.waits[0]?.wake()
    expect(new Set(await Promise.all(all))).toEqual(new Set(['theirs']))
    expect(desk.requests).toHaveLength(1)
  })

  test('is loaded here when the holder came to nothing', async () => {
    const { cache, desk, clock } = open()
    desk.script('k', desk.held('token', 2_000))
    const reading = cache.read('k', () => 'mine')
    await clock.advanceAsync(2_000)
    expect(desk.waits[0]?.ms).toBe(2_001)
    expect(desk.requests).toHaveLength(1)
    await clock.advanceAsync(1)
    expect(await reading).toMatchObject({ value: 'mine', tier: 'loader', collapsed: false })
    expect(desk.requests.map(({ waitedFor }) => waitedFor)).toEqual(['', 'token'])
    expect(desk.filled).toEqual(['k'])
  })

  test('is waited for as long as one holder follows another, at most maxWait', async () => {
    const { cache, desk, clock, stored } = open({ lease: { maxWait: '5s' } })
    desk.script('k', desk.held('a', 2_000), desk.held('b', 2_000), desk.held('c', 2_000))
    const reading = cache.read('k', () => 'mine')
    await clock.advanceAsync(4_999)
    expect(await stateOf(reading)).toBe('pending')
    expect(desk.requests.map(({ waitedFor }) => waitedFor)).toEqual(['', 'a', 'b'])
    desk.script('k', desk.held('d', 2_000))
    await clock.advanceAsync(1)
    expect(await reading).toMatchObject({ value: 'mine', tier: 'loader' })
    expect(desk.waits.map(({ left }) => left)).toEqual([1, 1, 1, 1])
    // nobody gave the right to store it
    expect(stored()).toBe(false)
    expect(cache.peek('k')).toBeUndefined()
    expect(desk.filled).toEqual([])
  })

  test('that a value stands there again and again and cannot be read ends in a load of our own', async () => {
    const { cache, desk, stored } = open()
    for (let i = 0; i < 200; i++) desk.script('k', { kind: 'changed', id: `id${i}` })
    expect(await cache.get('k', () => 'mine')).toBe('mine')
    expect(desk.requests).toHaveLength(100)
    expect(stored()).toBe(false)
  })

  test('is not waited for behind the back of callers who have a stale value', async () => {
    const { cache, desk, clock } = open({ ttl: '1m', grace: '1h', lease: { maxWait: '5s' } })
    const load = vi.fn(() => 'new')
    await cache.get('k', () => 'old')
    clock.advance(61_000)
    desk.script('k', desk.held('a', 60_000), desk.held('b', 60_000))
    expect(await cache.read('k', load)).toMatchObject({ value: 'old', outcome: 'stale' })
    await clock.advanceAsync(5_000)
    expect(load).not.toHaveBeenCalled()
    expect(await cache.read('k', load)).toMatchObject({ value: 'old', outcome: 'stale' })
  })

  test('does not keep from its loader a caller who gives up', async () => {
    const { cache, desk, clock } = open()
    const load = vi.fn(() => 'mine')
    const controller = new AbortController()
    desk.script('k', desk.held('token'))
    const reading = cache.get('k', load, { signal: controller.signal })
    await settle()
    controller.abort(new Error('gave up'))
    await expect(reading).rejects.toThrow('gave up')
    await clock.advanceAsync(10_000)
    expect(load).not.toHaveBeenCalled()
    expect(desk.requests).toHaveLength(1)
    expect(desk.waits[0]?.left).toBe(1)
    // whoever comes now starts anew
    expect(await cache.get('k', () => 'later')).toBe('later')
  })

  test.each<[string, (desk: ScriptedDesk) => void]>([
    ['a lease', () => {}],
    ['a place among those who wait', (desk) => desk.script('k', desk.held('token'))],
  ])('%s that is given after its callers gave up goes back at once', async (_, script) => {
    const { cache, desk } = open()
    const load = vi.fn(() => 'mine')
    const controller = new AbortController()
    script(desk)
    const answer = desk.holdAnswers()
    const reading = cache.get('k', load, { signal: controller.signal })
    await settle()
    controller.abort(new Error('gave up'))
    await expect(reading).rejects.toThrow('gave up')
    answer()
    await settle()
    expect(load).not.toHaveBeenCalled()
    const isBack = desk.endings.length === 1 || desk.waits[0]?.left === 1
    expect(isBack).toBe(true)
  })
})

describe('a load that failed elsewhere', () => {
  const failure = { name: 'PgError', code: '57014', message: 'too slow' }

  test('fails here too: the error says what it was', async () => {
    const { cache, desk } = open()
    const load = vi.fn<() => string>()
    desk.script('k', desk.held('token'), { kind: 'failed', failure })
    const reading = cache.get('k', load)
    await settle()
    desk.waits[0]?.wake()
    const error = (await rejectionOf(reading)) as RemoteLoadError
    expect(error).toBeInstanceOf(RemoteLoadError)
    expect(error).toMatchObject({
      code: 'STRATA_REMOTE_LOAD',
      remoteName: 'PgError',
      remoteCode: '57014',
      message: `another process failed to load "k": too slow`,
    })
    expect(desk.requests[1]?.waitedFor).toBe('token')
    expect(load).not.toHaveBeenCalled()
  })

  test('is not remembered: the next call asks for the lease', async () => {
    const { cache, desk } = open()
    desk.script('k', { kind: 'failed', failure: { name: 'Error' } })
    await expect(cache.get('k', () => 'mine')).rejects.toThrow(RemoteLoadError)
    expect(await cache.get('k', () => 'mine')).toBe('mine')
    expect(desk.requests[1]?.waitedFor).toBe('')
  })

  test('leaves a stale value in use, and lets the key rest', async () => {
    const { cache, desk, clock } = open({ ttl: '1m', grace: '1h', softTimeout: false })
    await cache.get('k', () => 'old', { retryAfter: '5s' })
    clock.advance(61_000)
    const load = vi.fn(() => 'new')
    desk.script('k', { kind: 'failed', failure })
    const read = () => cache.read('k', load, { retryAfter: '5s' })
    expect(await read()).toMatchObject({ value: 'old', outcome: 'stale' })
    clock.advance(4_999)
    expect(await read()).toMatchObject({ value: 'old', outcome: 'stale' })
    expect(load).not.toHaveBeenCalled()
    clock.advance(1)
    expect(await read()).toMatchObject({ value: 'new', outcome: 'miss' })
  })
})

describe('a key that rests', () => {
  test('is not loaded where a stale value is at hand, and not asked for before it has rested', async () => {
    const { cache, desk, clock } = open({ ttl: '1m', grace: '1h' })
    await cache.get('k', () => 'old')
    clock.advance(61_000)
    const load = vi.fn(() => 'new')
    desk.script('k', { kind: 'resting', left: 3_000 })
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    clock.advance(2_999)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(desk.requests).toHaveLength(2) // of the first load and this one
    clock.advance(1)
    expect(await cache.get('k', load)).toBe('old')
    await settle()
    expect(await cache.get('k', load)).toBe('new')
  })
})

describe('a value that changed since it was looked for', () => {
  test('is read', async () => {
    const { cache, other, desk } = open()
    const load = vi.fn<() => string>()
    const answer = desk.holdAnswers()
    const reading = cache.read('k', load)
    await settle()
    await other.set('k', 'theirs')
    desk.script('k', { kind: 'changed', id: 'BBBBBBBBBBBB' })
    answer()
    expect(await reading).toMatchObject({ value: 'theirs', tier: 'redis', collapsed: true })
    expect(load).not.toHaveBeenCalled()
  })

  test('and cannot be read is named when asking again', async () => {
    const { cache, desk } = open()
    desk.script('k', { kind: 'changed', id: 'BBBBBBBBBBBB' })
    expect(await cache.get('k', () => 'mine')).toBe('mine')
    expect(desk.requests.map(({ seen }) => seen)).toEqual(['', 'BBBBBBBBBBBB'])
    expect(desk.filled).toEqual(['k'])
  })

  test('the stale value that was found is named at once', async () => {
    const { cache, desk, clock, remote } = open({ ttl: '1m', grace: '1h', softTimeout: false })
    await cache.get('k', () => 'old')
    const id = remote.of('default').entries.get('k')?.entry.id
    clock.advance(61_000)
    expect(await cache.get('k', () => 'new')).toBe('new')
    expect(desk.requests[1]?.seen).toBe(id)
  })
})

describe('a desk that gives nothing', () => {
  test('refused: the value is loaded and kept in memory alone, as long as it is fresh', async () => {
    const { cache, desk, stored, clock } = open({ ttl: '1m' })
    desk.script('k', { kind: 'unavailable', reason: 'refused' })
    expect(await cache.read('k', () => 'mine')).toMatchObject({ value: 'mine', tier: 'loader' })
    expect(stored()).toBe(false)
    clock.advance(59_999)
    expect(cache.peek('k')).toBe('mine')
  })

  test.each(['timeout', 'connection', 'open', 'saturated'] as const)(
    '%s: the value is loaded and kept in memory briefly',
    async (reason) => {
      const { cache, desk, stored, clock } = open({ ttl: '1m', outage: { ttl: '1s' } })
      desk.script('k', { kind: 'unavailable', reason })
      expect(await cache.get('k', () => 'mine')).toBe('mine')
      expect(stored()).toBe(false)
      clock.advance(999)
      expect(cache.peek('k')).toBe('mine')
      clock.advance(1)
      expect(cache.peek('k')).toBeUndefined()
    },
  )

  test('away: loads pass the gate', async () => {
    const { cache, desk } = open({ outage: { maxLoads: 1 } })
    const load = slowLoader<string>()
    for (const key of ['a', 'b']) desk.script(key, { kind: 'unavailable', reason: 'timeout' })
    const both = [cache.get('a', load), cache.get('b', load)]
    await settle()
    expect(load.runs).toHaveLength(1)
    load.runs[0]?.resolve('x')
    await settle()
    load.runs[1]?.resolve('y')
    expect(await Promise.all(both)).toEqual(['x', 'y'])
  })

  test.each(['timeout', 'refused'] as const)(
    '%s: is told under throwOnCacheError',
    async (reason) => {
      const { cache, desk } = open({ throwOnCacheError: true })
      const load = vi.fn<() => string>()
      desk.script('k', { kind: 'unavailable', reason })
      await expect(cache.get('k', load)).rejects.toThrow(TierUnavailableError)
      expect(load).not.toHaveBeenCalled()
    },
  )
})
