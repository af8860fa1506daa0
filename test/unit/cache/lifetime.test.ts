import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { GetOptions, SetOptions } from '../../../src/cache/options.js'
import { InvalidValueError } from '../../../src/errors.js'
import { settle } from '../../support/manual-clock.js'
import { everyShape, openBeside, openBoth, openMemory } from './harness.js'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const DAY = 24 * 60 * MINUTE

describe.each(everyShape)('a lifetime (%s)', (_, open) => {
  test.each<[string, SetOptions, unknown, number]>([
    ['the default', {}, 'value', 5 * MINUTE],
    ['milliseconds', { ttl: 1_234 }, 'value', 1_234],
    ['a string', { ttl: '2h' }, 'value', 120 * MINUTE],
    ['one below a second', { ttl: '250ms' }, 'value', 250],
    ['one over 2^31 milliseconds', { ttl: '60d' }, 'value', 60 * DAY],
    ['the longest', { ttl: '365d' }, 'value', 365 * DAY],
    ['null, as any other value', { ttl: '1m' }, null, MINUTE],
    ['null, with negativeTtl', { ttl: '1m', negativeTtl: '5s' }, null, 5 * SECOND],
    ['null, with a longer negativeTtl', { ttl: '1m', negativeTtl: '5m' }, null, 5 * MINUTE],
    ['another value, with negativeTtl', { ttl: '1m', negativeTtl: '5s' }, 0, MINUTE],
    ['null, with a ttl of 0', { ttl: 0, negativeTtl: '5s' }, null, 5 * SECOND],
  ])('of %s ends to the millisecond', async (_, options, value, length) => {
    for (const how of ['set', 'get', 'read'] as const) {
      const { cache, clock } = open()
      if (how === 'set') await cache.set('k', value, options)
      else if (how === 'get') await cache.get('k', () => value, options)
      else await cache.read('k', () => value, options)
      clock.advance(length - 1)
      expect(await cache.read('k')).toMatchObject({ value, outcome: 'hit' })
      clock.advance(1)
      expect(await cache.read('k')).toMatchObject({ value: undefined, outcome: 'miss' })
    }
  })

  test('needs no timer', async () => {
    const { cache, clock } = open()
    await cache.set('k', 'value', { ttl: '60d' })
    await cache.get('other', () => 'value', { ttl: '60d', hardTimeout: false })
    expect(clock.waiting).toBe(0)
  })

  test.each<[string, GetOptions, unknown]>([
    ['a ttl of 0', { ttl: 0 }, 'value'],
    ['a negativeTtl of 0', { negativeTtl: 0 }, null],
  ])('of %s: the value is returned and not stored', async (_, options, value) => {
    const { cache } = open()
    let runs = 0
    const load = (): unknown => {
      runs++
      return value
    }
    expect(await cache.get('k', load, options)).toBe(value)
    expect(await cache.get('k', load, options)).toBe(value)
    expect(runs).toBe(2)
    expect(await cache.has('k')).toBe(false)
    expect(await cache.set('k', value, options)).toBe('applied')
    expect(await cache.has('k')).toBe(false)
  })

  test('a set with a ttl of 0 takes away what was there', async () => {
    const { cache } = open()
    await cache.set('k', 'old')
    expect(await cache.set('k', 'new', { ttl: 0 })).toBe('applied')
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a read with a ttl of 0 bypasses the cache', async () => {
    const { cache } = open()
    await cache.set('k', 'stored')
    expect(await cache.read('k', () => 'loaded', { ttl: 0 })).toMatchObject({
      value: 'loaded',
      outcome: 'bypass',
      tier: 'loader',
    })
    expect(await cache.get('k')).toBe('stored')
  })

  test.each([[null], [0], [''], [false], [0n], [Number.NaN]])('%o is a value', async (value) => {
    const { cache } = open()
    expect(await cache.set('k', value)).toBe('applied')
    expect(await cache.get('k')).toBe(value)
    expect(await cache.has('k')).toBe(true)
    expect(await cache.get('k', () => 'loaded')).toBe(value)
    const many = await cache.getMany(['k'], { key: (id) => id })
    expect([...many]).toEqual([['k', value]])
  })

  test('undefined cannot be set', async () => {
    const { cache } = open()
    await cache.set('k', 'there')
    await expect(cache.set('k', undefined)).rejects.toBeInstanceOf(InvalidValueError)
    await expect(cache.setMany([{ key: 'k', value: undefined }])).rejects.toMatchObject({
      code: 'STRATA_INVALID_VALUE',
    })
    expect(await cache.get('k')).toBe('there')
  })

  test('is what a reading tells, by the wall clock', async () => {
    const { cache, clock } = open()
    const storedAt = clock.wall()
    const said = { storedAt, freshUntil: storedAt + MINUTE, staleUntil: storedAt + 61 * MINUTE }
    const options = { ttl: '1m', grace: '1h', tags: ['a', 'b'] } as const
    expect(await cache.read('k', () => 'value', options)).toMatchObject({
      ...said,
      outcome: 'miss',
      tier: 'loader',
      tags: ['a', 'b'],
    })
    clock.advance(10 * SECOND)
    expect(await cache.read('k')).toMatchObject({ ...said, outcome: 'hit', tags: ['a', 'b'] })
    clock.advance(MINUTE)
    expect(await cache.read('k', () => 'new', options)).toMatchObject({ ...said, outcome: 'stale' })
  })

  test('an expired one is told to have ended in the past', async () => {
    const { cache, clock } = open({ grace: '1h' })
    await cache.set('k', 'value')
    await cache.expire('k')
    const reading = await cache.read('k', () => 'new')
    expect(reading.outcome).toBe('stale')
    expect(reading.freshUntil).toBeLessThanOrEqual(clock.wall())
  })

  test('the loader may choose it', async () => {
    const { cache, clock } = open()
    await cache.get('k', (ctx) => {
      ctx.ttl('10s')
      ctx.grace('20s')
      return 'value'
    })
    clock.advance(10 * SECOND - 1)
    expect(await cache.get('k')).toBe('value')
    clock.advance(1)
    expect(await cache.get('k')).toBeUndefined()
    clock.advance(20 * SECOND - 1)
    expect(await cache.read('k', () => 'new')).toMatchObject({ value: 'value', outcome: 'stale' })
  })

  test.each([
    ['ctx.ttl holds for null too', { negativeTtl: '1h' } as const, null, 10 * SECOND],
    ['a ttl of 0 chosen by the loader is not stored', {}, 'value', 0],
  ])('%s', async (_, options, value, length) => {
    const { cache, clock } = open()
    await cache.get(
      'k',
      (ctx) => {
        ctx.ttl(length)
        return value
      },
      options,
    )
    if (length > 0) {
      clock.advance(length - 1)
      expect(await cache.has('k')).toBe(true)
      clock.advance(1)
    }
    expect(await cache.has('k')).toBe(false)
  })
})

describe('grace', () => {
  test('adds to the ttl', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'value')
    clock.advance(MINUTE - 1)
    expect(await cache.read('k')).toMatchObject({ outcome: 'hit' })
    clock.advance(60 * MINUTE)
    expect(await cache.read('k', () => 'new')).toMatchObject({ outcome: 'stale' })
    await settle()
    clock.advance(61 * MINUTE)
    expect(await cache.read('k', () => 'newer')).toMatchObject({ outcome: 'miss' })
  })

  test('more of it never shortens a life', async () => {
    const length = fc.integer({ min: 0, max: 400 })
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ttl: length,
          grace: length,
          more: length,
          jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
        length,
        async ({ ttl, grace, more, jitter }, age) => {
          const random = (): number => 0.7
          const { cache, clock } = openMemory({ dev: false, jitter }, { random })
          await cache.set('less', 'value', { ttl, grace })
          await cache.set('more', 'value', { ttl, grace: grace + more })
          clock.advance(age)
          const options = { ttl: '1h', softTimeout: 0 } as const
          const less = await cache.read('less', () => 'new', options)
          const grown = await cache.read('more', () => 'new', options)
          const rank = { miss: 0, stale: 1, hit: 2, bypass: -1 }
          expect(rank[grown.outcome]).toBeGreaterThanOrEqual(rank[less.outcome])
        },
      ),
      { numRuns: 30 },
    )
  })
})

describe('jitter', () => {
  test.each([
    [0, 0, MINUTE],
    [0.05, 0, MINUTE],
    [0.05, 0.5, MINUTE * 0.975],
    [0.5, 1 - 1e-12, MINUTE / 2],
    [0.5, 0.5, MINUTE * 0.75],
  ])('of %d, drawn %d, only shortens', async (jitter, drawn, length) => {
    const { cache, clock } = openMemory({ ttl: '1m', jitter }, { random: () => drawn })
    const { freshUntil } = await cache.read('k', () => 'value')
    expect(freshUntil).toBe(clock.wall() + Math.floor(length))
  })

  test('is 5 % unless told otherwise', async () => {
    const { cache, clock } = openMemory({ jitter: 0.05, ttl: '100s' }, { random: () => 0.999999 })
    const set = openMemory({ jitter: 0.05 })
    expect(set.cache.stats().namespace).toBe('default')
    const { freshUntil } = await cache.read('k', () => 'value')
    expect((freshUntil ?? 0) - clock.wall()).toBe(95_000)
  })

  test('does not shorten grace', async () => {
    const { cache } = openMemory({ ttl: '1m', grace: '1m', jitter: 0.5 }, { random: () => 0.5 })
    const { freshUntil, staleUntil } = await cache.read('k', () => 'value')
    expect((staleUntil ?? 0) - (freshUntil ?? 0)).toBe(MINUTE)
  })
})

describe('memory.ttl', () => {
  test('ends the time in which memory answers alone', async () => {
    const { cache, clock, remote } = openBoth({ ttl: '1m', memory: { ttl: '5s' } })
    await cache.set('k', 'value')
    clock.advance(5 * SECOND - 1)
    await cache.get('k')
    expect(remote.calls.read).toBe(0)
    clock.advance(1)
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.read('k')).toMatchObject({ value: 'value', outcome: 'hit', tier: 'redis' })
    expect(remote.calls.read).toBe(1)
    expect(await cache.read('k')).toMatchObject({ tier: 'memory' })
  })

  test('does not make a life longer than it was', async () => {
    const { cache, clock } = openBoth({ ttl: '1m', memory: { ttl: '50s' } })
    await cache.set('k', 'value')
    clock.advance(50 * SECOND)
    await cache.get('k')
    clock.advance(10 * SECOND)
    expect(await cache.get('k')).toBeUndefined()
  })

  test('leaves what memory holds as a stale value, within grace', async () => {
    const { cache, clock, remote } = openBoth({ ttl: '1m', grace: '1h', memory: { ttl: '5s' } })
    await cache.set('k', 'value')
    clock.advance(6 * SECOND)
    remote.fail()
    expect(await cache.read('k', () => 'new')).toMatchObject({ value: 'value', outcome: 'stale' })
  })

  test('holds for memory alone as well', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', memory: { ttl: '5s' } })
    await cache.set('k', 'value')
    clock.advance(5 * SECOND)
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('promotion', () => {
  test('keeps what is left of the life', async () => {
    const both = openBoth({ ttl: '1m', grace: '30s' })
    await openBeside(both, { ttl: '1m', grace: '30s' }).cache.set('k', 'value')
    both.clock.advance(50 * SECOND)
    const before = await both.cache.read('k')
    expect(before).toMatchObject({ value: 'value', outcome: 'hit', tier: 'redis' })
    const after = await both.cache.read('k')
    expect(after).toMatchObject({ ...before, tier: 'memory' })
    both.clock.advance(10 * SECOND - 1)
    expect(both.cache.peek('k')).toBe('value')
    both.clock.advance(1)
    expect(both.cache.peek('k')).toBeUndefined()
    expect(await both.cache.read('k', () => 'new')).toMatchObject({ outcome: 'stale' })
    await settle()
    both.clock.advance(31 * SECOND)
    expect(await both.cache.get('k')).toBe('new')
  })

  test('is not concerned with the ttl of the call that reads', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('k', 'value', { ttl: '10s' })
    await both.cache.get('k', () => 'loaded', { ttl: '1h' })
    both.clock.advance(10 * SECOND)
    expect(await both.cache.get('k')).toBeUndefined()
  })

  test('of a stale value: it is served by the next call without asking again', async () => {
    const both = openBoth({ ttl: '1m', grace: '1h' })
    await openBeside(both, { ttl: '1m', grace: '1h' }).cache.set('k', 'value')
    both.clock.advance(61 * SECOND)
    expect(await both.cache.read('k', () => new Promise(() => {}))).toMatchObject({
      value: 'value',
      outcome: 'stale',
      tier: 'redis',
    })
    expect(both.engine.store?.entries).toBe(1)
  })

  test('keeps the tags', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('k', 'value', { tags: ['a'] })
    expect(await both.cache.read('k')).toMatchObject({ tags: ['a'] })
    await both.cache.invalidateTags('a')
    expect(await both.cache.get('k')).toBeUndefined()
  })

  test('does not happen for tiers: memory, which never asks', async () => {
    const both = openBoth()
    await openBeside(both).cache.set('k', 'value')
    expect(await both.cache.get('k', () => 'own', { tiers: 'memory' })).toBe('own')
    expect(both.remote.calls.read).toBe(0)
    expect(both.remote.calls.write).toBe(1)
    expect(await both.cache.get('k')).toBe('own')
  })
})
