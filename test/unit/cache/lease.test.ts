import { describe, expect, test, vi } from 'vitest'
import type { EngineOptions, GetOptions, LoadContext } from '../../../src/cache/options.js'
import { settle } from '../../support/manual-clock.js'
import { ScriptedDesk } from '../../support/scripted-desk.js'
import { openBeside, openBoth, quiet, rejectionOf, slowLoader } from './harness.js'

function open(options: EngineOptions = {}) {
  const opened = openBoth(options)
  const other = openBeside(opened, options).cache
  const desk = new ScriptedDesk(opened.remote)
  const stored = (): boolean => opened.remote.of('default').entries.has('k')
  return { ...opened, other, desk, stored }
}

describe('a lease is asked for', () => {
  test.each<[string, GetOptions, object]>([
    ['by default', {}, { mode: 'wait', ttl: 2_000, longest: 30_000, lifetime: 300_000 }],
    ['with grace', { grace: '1m' }, { lifetime: 360_000 }],
    ['with a longer life of null', { negativeTtl: '1h' }, { lifetime: 3_600_000 }],
    ['with a life of its own', { lease: { ttl: '5s' } }, { mode: 'wait', ttl: 5_000 }],
    ['without waiting', { lease: false }, { mode: 'share' }],
    ['by force', { force: true }, { mode: 'force', seen: '' }],
    ['by force, without waiting', { force: true, lease: false }, { mode: 'force' }],
    ['with a bound of the load', { hardTimeout: '3s' }, { longest: 3_000 }],
    ['without one', { hardTimeout: false }, { longest: 30_000 }],
    ['with tags', { tags: ['a', 'b'] }, { tags: ['a', 'b'] }],
  ])('%s', async (_, options, request) => {
    const { cache, desk } = open()
    await cache.get('k', () => 1, options)
    expect(desk.requests).toMatchObject([{ key: 'k', seen: '', waitedFor: '', ...request }])
    expect(desk.filled).toEqual(['k'])
  })

  test.each<[string, GetOptions]>([
    ['of what is for memory only', { tiers: 'memory' }],
    ['of what is not kept', { ttl: 0 }],
  ])('not for a load %s', async (_, options) => {
    const { cache, desk } = open()
    expect(await cache.get('k', () => 1, options)).toBe(1)
    expect(desk.requests).toEqual([])
  })

  test('not while an invalidation has not reached Redis', async () => {
    const { cache, desk, remote } = open()
    remote.fail()
    expect(await cache.delete('k')).toBe('queued')
    remote.mend()
    expect(await cache.get('k', () => 1)).toBe(1)
    expect(desk.requests).toEqual([])
  })

  test('for many: who has theirs is loaded before anybody is waited for', async () => {
    const { cache, desk, other } = open()
    desk.script('a', desk.held('token'))
    const load = vi.fn((ids: string[]) => ids.map((id) => `mine ${id}`))
    const reading = cache.getMany(['a', 'b', 'c'], { key: (id) => id, load })
    await settle()
    await settle() // the ids of one turn are loaded together
    expect(load.mock.calls.map(([ids]) => ids)).toEqual([['b', 'c']])
    expect(desk.filled).toEqual(['b', 'c'])
    await other.set('a', 'theirs a')
    desk.waits[0]?.wake()
    expect([...(await reading).values()]).toEqual(['theirs a', 'mine b', 'mine c'])
    expect(load).toHaveBeenCalledTimes(1)
  })
})

describe('a lease ends', () => {
  const failure = Object.assign(new RangeError('too many rows'), { code: 'E_ROWS' })

  test.each<[string, EngineOptions, object]>([
    ['name and code', {}, { name: 'RangeError', code: 'E_ROWS' }],
    [
      'the message too where the cache may share it',
      { shareErrorMessages: true },
      { name: 'RangeError', code: 'E_ROWS', message: 'too many rows' },
    ],
  ])('with the failure of its load: %s', async (_, options, told) => {
    const { cache, desk } = open(options)
    expect(await rejectionOf(cache.get('k', () => Promise.reject(failure)))).toBe(failure)
    expect(desk.endings).toEqual([{ how: 'fail', failure: told }])
  })

  test.each<[unknown, object]>([
    ['a text', { name: 'Error' }],
    [undefined, { name: 'Error' }],
    [{ name: 5, code: 7, message: 9 }, { name: 'Error' }],
  ])('with the failure of its load, whatever was thrown: %j', async (thrown, told) => {
    const { cache, desk } = open({ shareErrorMessages: true })
    await rejectionOf(cache.get('k', () => Promise.reject(thrown as Error)))
    expect(desk.endings).toEqual([{ how: 'fail', failure: told }])
  })

  test('with a rest, where a stale value is at hand', async () => {
    const { cache, desk, clock } = open({ ttl: '1m', grace: '1h', softTimeout: false })
    await cache.set('k', 'old')
    clock.advance(61_000)
    const reading = cache.get('k', () => Promise.reject(failure), { retryAfter: '7s' })
    expect(await reading).toBe('old')
    expect(desk.endings).toEqual([{ how: 'rest', ms: 7_000 }])
  })

  test('with a failure when the load took too long', async () => {
    const { cache, desk, clock } = open()
    const reading = quiet(cache.get('k', slowLoader(), { hardTimeout: '1s' }))
    await clock.advanceAsync(1_000)
    await expect(reading).rejects.toThrow('hardTimeout')
    expect(desk.endings).toEqual([
      { how: 'fail', failure: { name: 'LoadTimeoutError', code: 'STRATA_LOAD_TIMEOUT' } },
    ])
  })

  test.each<[string, (context: LoadContext) => unknown]>([
    ['the loader gave nothing', () => undefined],
    [
      'the value is not to be kept',
      (context) => {
        context.skip()
        return 1
      },
    ],
  ])('quietly, when %s', async (_, load) => {
    const { cache, desk, stored } = open()
    await cache.get('k', load)
    expect(desk.endings).toEqual([{ how: 'quiet' }])
    expect(stored()).toBe(false)
  })

  test('quietly, when the callers gave up', async () => {
    const { cache, desk } = open()
    const load = slowLoader()
    const controller = new AbortController()
    const reading = quiet(cache.get('k', load, { signal: controller.signal }))
    await settle()
    controller.abort(new Error('gave up'))
    await expect(reading).rejects.toThrow('gave up')
    load.runs[0]?.reject(new Error('aborted'))
    await settle()
    expect(desk.endings).toEqual([{ how: 'quiet' }])
  })

  test('quietly, when the cache may not keep the value', async () => {
    const { cache, desk } = open()
    await cache.get('k', () => Symbol('no value of ours'))
    expect(desk.endings).toEqual([{ how: 'quiet' }])
  })
})

describe('a load that was overtaken elsewhere', () => {
  test('is handed over and kept nowhere', async () => {
    const { cache, desk, stored } = open()
    desk.script('k', { kind: 'yours', fill: 'revoked' })
    expect(await cache.read('k', () => 'old')).toMatchObject({
      value: 'old',
      tier: 'loader',
      revoked: true,
      storedAt: undefined,
    })
    expect([cache.peek('k'), stored()]).toEqual([undefined, false])
    expect(cache.stats().revoked).toBe(1)
    expect(await cache.get('k', () => 'new')).toBe('new')
  })

  test('is not taken by a caller who came after it began', async () => {
    const { cache, desk } = open()
    desk.script('k', { kind: 'yours', fill: 'revoked' })
    const load = slowLoader<string>()
    const first = cache.get('k', load)
    await settle()
    const second = cache.read('k', load)
    await settle()
    load.runs[0]?.resolve('old')
    expect(await first).toBe('old')
    await settle()
    load.runs[1]?.resolve('new')
    expect(await second).toMatchObject({ value: 'new', revoked: false })
    expect(cache.peek('k')).toBe('new')
  })

  test('is known to be so too when it gave nothing to store', async () => {
    const { cache, desk } = open()
    desk.script('k', { kind: 'yours', held: false })
    const reading = await cache.read('k', (context) => {
      context.skip()
      return 'old'
    })
    expect(reading).toMatchObject({ value: 'old', revoked: true })
  })

  test('may be so when there was no answer: it is kept briefly, unless something was heard', async () => {
    const { cache, desk, clock } = open({ ttl: '1m', outage: { ttl: '1s' } })
    desk.script('k', { kind: 'yours', fill: 'timeout' })
    expect(await cache.read('k', () => 'mine')).toMatchObject({ value: 'mine', revoked: false })
    clock.advance(999)
    expect(cache.peek('k')).toBe('mine')
    clock.advance(1)
    expect(cache.peek('k')).toBeUndefined()
  })

  test('a Redis that is full takes no value: it is kept briefly', async () => {
    const { cache, desk, clock, errors } = open({ ttl: '1m', outage: { ttl: '1s' } })
    desk.script('k', { kind: 'yours', fill: 'refused' })
    expect(await cache.get('k', () => 'mine')).toBe('mine')
    expect(errors.map(String)).toEqual(['TierUnavailableError: redis: refused as told'])
    expect(cache.peek('k')).toBe('mine')
    clock.advance(1_000)
    expect(cache.peek('k')).toBeUndefined()
  })
})

test('a forced load is not taken for what was read while it ran', async () => {
  const { cache, desk, remote } = open()
  await cache.set('k', 'old')
  const load = slowLoader<string>()
  const forced = cache.get('k', load, { force: true })
  await settle()
  const release = remote.holdReply('read')
  const reading = cache.get('k', () => 'other')
  await settle()
  load.runs[0]?.resolve('new')
  expect(await forced).toBe('new')
  release()
  await reading
  expect(cache.peek('k')).toBe('new')
  expect(desk.requests.map(({ mode }) => mode)).toEqual(['force'])
})
