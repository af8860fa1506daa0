import { describe, expect, test, vi } from 'vitest'
import { Trust } from '../../../src/bus/trust.js'
import type { Cache } from '../../../src/cache/cache.js'
import type { EngineOptions } from '../../../src/cache/options.js'
import { TierUnavailableError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { openBeside, openBoth } from './harness.js'

/** Trusted for a second; 'k' is in both tiers, filed under 't'. */
async function open(options: EngineOptions = {}) {
  const trust = new Trust('publish')
  const opened = openBoth({ ttl: '10m', ...options }, { trust })
  const { clock, remote, cache } = opened
  trust.raise(clock.now() + 1_000)
  const other = openBeside(opened, options).cache
  await cache.get('k', () => 'old', { tags: ['t'] })
  expect(cache.peek('k')).toBe('old')
  const reads = () => ({ read: remote.calls.read, confirm: remote.calls.confirm })
  return { ...opened, trust, other, reads }
}

type Opened = Awaited<ReturnType<typeof open>>

const losses: [string, (opened: Opened) => void][] = [
  ['no sign of life came in time', ({ clock }) => clock.advance(1_000)],
  ['messages may have been lost', ({ trust, clock }) => trust.raise(clock.now() + 1_000)],
]

const failing = (): Promise<never> => Promise.reject(new Error('no database'))

describe.each(losses)('memory that is not trusted: %s', (_, lose) => {
  test('answers nothing by itself', async () => {
    const opened = await open()
    lose(opened)
    expect(opened.cache.peek('k')).toBeUndefined()
  })

  test('is confirmed by Redis: the value is not brought again', async () => {
    const opened = await open()
    const before = opened.reads()
    lose(opened)
    expect(await opened.cache.read('k')).toMatchObject({
      value: 'old',
      outcome: 'hit',
      tier: 'redis',
      incoherent: false,
    })
    expect(opened.reads()).toEqual({ read: before.read, confirm: before.confirm + 1 })
    expect(opened.cache.stats().loads).toBe(1)
  })

  test('has and getMany ask too', async () => {
    const opened = await open()
    lose(opened)
    expect(await opened.cache.has('k')).toBe(true)
    lose(opened)
    expect(await opened.cache.getMany(['k'], { key: (id) => id })).toEqual(new Map([['k', 'old']]))
  })

  test.each<[string, (cache: Cache) => Promise<unknown>, unknown]>([
    ['delete', (cache) => cache.delete('k'), undefined],
    ['a tag', (cache) => cache.invalidateTags('t'), undefined],
    ['a tag, softly', (cache) => cache.invalidateTags('t', { soft: true }), undefined],
    ['expire', (cache) => cache.expire('k'), undefined],
    ['clear', (cache) => cache.clear(), undefined],
    ['set', (cache) => cache.set('k', 'theirs'), 'theirs'],
  ])('gives nothing of what others invalidated unheard: %s', async (__, act, after) => {
    const opened = await open({ grace: '1h' })
    await act(opened.other)
    lose(opened)
    expect(await opened.cache.get('k')).toBe(after)
    if (after === undefined) {
      expect(await opened.cache.get('k', () => 'new', { softTimeout: false })).toBe('new')
    }
  })

  test('what it invalidates while Redis is asked is not confirmed', async () => {
    const opened = await open()
    lose(opened)
    const release = opened.remote.holdReply('confirm')
    const reading = opened.cache.get('k')
    await settle()
    await opened.cache.delete('k')
    release()
    await reading
    expect(await opened.cache.get('k')).toBeUndefined()
  })

  test('with grace serves stale what Redis cannot confirm, and says so', async () => {
    const opened = await open({ grace: '1h' })
    lose(opened)
    opened.remote.fail()
    expect(await opened.cache.get('k')).toBeUndefined()
    expect(await opened.cache.read('k', failing)).toMatchObject({
      value: 'old',
      outcome: 'stale',
      tier: 'memory',
      incoherent: true,
    })
  })

  test('without grace does not', async () => {
    const opened = await open({ grace: 0 })
    lose(opened)
    opened.remote.fail()
    await expect(opened.cache.get('k', failing)).rejects.toThrow('no database')
    expect(await opened.cache.get('k', () => 'new')).toBe('new')
  })

  test("with whenBlind: 'refuse' does not, with grace either", async () => {
    const opened = await open({ grace: '1h', coherence: { whenBlind: 'refuse' } })
    lose(opened)
    opened.remote.fail()
    await expect(opened.cache.get('k', failing)).rejects.toThrow('no database')
  })

  test('what Redis no longer has is gone', async () => {
    const opened = await open({ grace: '1h' })
    lose(opened)
    opened.remote.of('default').entries.delete('k')
    expect(await opened.cache.get('k')).toBeUndefined()
    expect(await opened.cache.read('k', () => 'new')).toMatchObject({
      value: 'new',
      outcome: 'miss',
    })
  })

  test.each([
    [0, { value: 'new', outcome: 'miss' }],
    ['1h', { value: 'mine', outcome: 'stale', incoherent: true }],
  ] as const)(
    'what is kept in memory only cannot be confirmed (grace %s)',
    async (grace, found) => {
      const opened = await open()
      const options = { tiers: 'memory', grace } as const
      await opened.cache.get('secret', () => 'mine', options)
      const before = opened.reads()
      lose(opened)
      expect(await opened.cache.read('secret', () => 'new', options)).toMatchObject(found)
      expect(opened.reads()).toEqual(before)
    },
  )
})

test('what is loaded while Redis is away is trusted for its short life, whatever is heard', async () => {
  const { cache, clock, trust, remote } = await open({
    outage: { ttl: '1s' },
    coherence: { whenBlind: 'refuse' },
  })
  clock.advance(1_000)
  remote.fail()
  expect(await cache.get('cold', () => 'loaded')).toBe('loaded')
  clock.advance(500)
  expect(cache.peek('cold')).toBe('loaded')
  trust.raise(clock.now() + 5_000)
  expect(await cache.read('cold')).toMatchObject({ value: 'loaded', outcome: 'hit' })
  clock.advance(500)
  expect(cache.peek('cold')).toBeUndefined()
  await expect(cache.get('cold', failing)).rejects.toThrow('no database')
})

describe('an entry that is confirmed', () => {
  test('is a hit again in the new period of trust', async () => {
    const { cache, trust, clock, reads } = await open()
    trust.raise(clock.now() + 1_000)
    await cache.get('k')
    const before = reads()
    expect(cache.peek('k')).toBe('old')
    expect(await cache.read('k')).toMatchObject({ outcome: 'hit', tier: 'memory' })
    expect(reads()).toEqual(before)
  })

  test('is asked for once by all who read it at one time', async () => {
    const { cache, trust, clock, reads } = await open()
    trust.raise(clock.now() + 1_000)
    const before = reads()
    await cache.get('k')
    await Promise.all(Array.from({ length: 10 }, () => cache.get('k')))
    expect(reads().confirm).toBe(before.confirm + 1)
  })

  test('while nothing can be heard, is asked for at every read', async () => {
    const { cache, clock, reads } = await open()
    clock.advance(1_000)
    const before = reads()
    for (let i = 0; i < 5; i++) expect(await cache.get('k')).toBe('old')
    expect(reads()).toEqual({ read: before.read, confirm: before.confirm + 5 })
  })

  test('is not trusted when another period began meanwhile', async () => {
    const { cache, trust, clock, remote } = await open()
    trust.raise(clock.now() + 1_000)
    const release = remote.holdReply('confirm')
    const reading = cache.get('k')
    await settle()
    trust.raise(clock.now() + 1_000)
    release()
    expect(await reading).toBe('old')
    expect(cache.peek('k')).toBeUndefined()
  })
})

describe('a load', () => {
  test('that began before trust was lost is stored, and not kept in memory as if all had been heard', async () => {
    const { cache, trust, clock, remote } = await open()
    const release = remote.holdReply('write')
    const loading = cache.get('l', () => 'new')
    await settle()
    trust.raise(clock.now() + 1_000)
    release()
    expect(await loading).toBe('new')
    expect(cache.peek('l')).toBeUndefined()
    expect(await cache.read('l')).toMatchObject({ value: 'new', outcome: 'hit', tier: 'redis' })
    expect(cache.peek('l')).toBe('new')
  })

  test('under throwOnCacheError tells that Redis could not confirm', async () => {
    const { cache, clock, remote } = await open({ grace: '1h', throwOnCacheError: true })
    clock.advance(1_000)
    remote.fail()
    await expect(cache.get('k', () => 'new')).rejects.toThrow(TierUnavailableError)
  })
})

test('what a memo keeps is computed anew when an invalidation may have been missed', async () => {
  const { cache, trust, clock } = await open()
  const double = vi.fn((n: number) => 2 * n)
  const memo = cache.memo(double, { key: String, tags: ['t'] })
  expect([memo(2), memo(2)]).toEqual([4, 4])
  expect(double).toHaveBeenCalledTimes(1)
  trust.raise(clock.now() + 1_000)
  expect([memo(2), memo(2)]).toEqual([4, 4])
  expect(double).toHaveBeenCalledTimes(2)
})
