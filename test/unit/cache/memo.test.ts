import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { MemoOptions } from '../../../src/cache/memo.js'
import { CodecError, InvalidKeyError, InvalidOptionError } from '../../../src/errors.js'
import { openBoth, openMemory } from './harness.js'

const key = (n: number): string => `${n}`

describe('memo', () => {
  // lru-cache looks at the clock once a millisecond and forgets what it saw by a timer.
  beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout'] }))
  afterEach(() => void vi.useRealTimers())

  test('runs the function once for a key', () => {
    const { cache } = openMemory()
    const square = vi.fn((n: number) => n * n)
    const memoized = cache.memo(square, { key })
    expect([memoized(3), memoized(3), memoized(4)]).toEqual([9, 9, 16])
    expect(square).toHaveBeenCalledTimes(2)
  })

  test('passes all arguments; the key decides what is the same', () => {
    const { cache } = openMemory()
    const join = vi.fn((a: string, b: string) => `${a}${b}`)
    const memoized = cache.memo(join, { key: (a) => a })
    expect([memoized('a', 'b'), memoized('a', 'c')]).toEqual(['ab', 'ab'])
    expect(join.mock.calls).toEqual([['a', 'b']])
  })

  test.each([
    ['the ttl', {}, 1, 60_000],
    ['negativeTtl, of null', { negativeTtl: '5s' } as const, null, 5_000],
    ['the ttl, of 0', { negativeTtl: '5s' } as const, 0, 60_000],
  ])('keeps a result for %s', (_, options, result, length) => {
    const { cache, clock } = openMemory()
    const compute = vi.fn<(n: number) => unknown>(() => result)
    const memoized = cache.memo(compute, { key, ttl: '1m', ...options })
    const pass = (ms: number): void => {
      clock.advance(ms)
      vi.advanceTimersByTime(2)
    }
    memoized(1)
    pass(length - 1)
    expect(memoized(1)).toBe(result)
    expect(compute).toHaveBeenCalledTimes(1)
    pass(2)
    memoized(1)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  test('a result of undefined is not kept', () => {
    const { cache } = openMemory()
    const compute = vi.fn<(n: number) => unknown>(() => undefined)
    const memoized = cache.memo(compute, { key })
    memoized(1)
    memoized(1)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  test('what is thrown is thrown as it is, and not kept', () => {
    const { cache } = openMemory()
    const failure = new Error('failed')
    const compute = vi.fn<(n: number) => number>(() => {
      throw failure
    })
    const memoized = cache.memo(compute, { key })
    expect(() => memoized(1)).toThrow(failure)
    expect(() => memoized(1)).toThrow(failure)
    expect(compute).toHaveBeenCalledTimes(2)
  })

  test('its tags, also soft, and clear end what is kept', async () => {
    const { cache } = openMemory()
    const compute = vi.fn((n: number) => ({ n }))
    const memoized = cache.memo(compute, { key, tags: ['t'] })
    const first = memoized(1)
    expect(memoized(1)).toBe(first)
    let runs = 1
    for (const invalidate of [
      () => cache.invalidateTags('t'),
      () => cache.invalidateTags('t', { soft: true }),
      () => cache.clear(),
    ]) {
      await invalidate()
      memoized(1)
      memoized(1)
      expect(compute).toHaveBeenCalledTimes(++runs)
    }
    await cache.invalidateTags('another')
    await cache.namespace('child').clear()
    memoized(1)
    expect(compute).toHaveBeenCalledTimes(runs)
  })

  test('a result whose function invalidated its own tags is not kept, also where it called itself', () => {
    for (const recurses of [false, true]) {
      const { cache } = openMemory()
      let source = 'old'
      let isFirst = true
      const compute = vi.fn((n: number): string => {
        const seen = source
        if (n === 1 && isFirst) {
          isFirst = false
          source = 'new'
          void cache.invalidateTags('t')
          if (recurses) memoized(2)
        }
        return seen
      })
      const memoized = cache.memo(compute, { key, tags: ['t'] })
      expect(memoized(1)).toBe('old')
      expect(memoized(1)).toBe('new')
    }
  })

  test('protects results as get does', () => {
    const { cache } = openMemory()
    const list = cache.memo((n: number) => [n], { key })
    expect(() => list(1).push(2)).toThrow(TypeError)
    const bytes = cache.memo((n: number) => Buffer.from(`${n}`), { key })
    bytes(1).write('X')
    bytes(1).write('X')
    expect(bytes(1).toString()).toBe('1')
  })

  test('keeps what cannot be serialised by reference', () => {
    const { cache } = openMemory()
    class Money {
      readonly cents = 5
    }
    const money = cache.memo(() => new Money(), { key: () => 'k' })
    expect(money()).toBeInstanceOf(Money)
    expect(money()).toBe(money())
    const fn = cache.memo(() => () => 1, { key: () => 'k' })
    expect(fn()).toBe(fn())
  })

  test('two of one cache do not share results, nor with the cache', async () => {
    const { cache } = openBoth()
    const one = cache.memo(() => 'one', { key: () => '1' })
    const two = cache.memo(() => 'two', { key: () => '1' })
    expect([one(), two(), one()]).toEqual(['one', 'two', 'one'])
    expect(await cache.get('1')).toBeUndefined()
  })

  test('is bounded like the memory of the cache', () => {
    const { cache } = openMemory({ memory: { maxEntries: 2 } })
    const compute = vi.fn((n: number) => n)
    const memoized = cache.memo(compute, { key })
    for (const n of [1, 2, 3, 2, 3, 1]) memoized(n)
    expect(compute).toHaveBeenCalledTimes(4)
  })

  test('is the function itself without memory, and for a ttl of 0', () => {
    const fn = (n: number): number => n
    expect(openMemory({ memory: false }).cache.memo(fn, { key })).toBe(fn)
    expect(openMemory().cache.memo(fn, { key, ttl: 0 })).toBe(fn)
  })

  test('refuses a function that gives a promise', () => {
    const { cache } = openMemory()
    const memoized = cache.memo((n: number) => Promise.resolve(n), { key })
    expect(() => memoized(1)).toThrow(CodecError)
  })

  test.each([
    ['', undefined],
    ['\ud800', undefined],
    ['x'.repeat(1_025), undefined],
  ])('refuses the key %j', (text) => {
    const { cache } = openMemory()
    const memoized = cache.memo((n: number) => n, { key: () => text })
    expect(() => memoized(1)).toThrow(InvalidKeyError)
  })

  test.each<[string, unknown, unknown, string]>([
    ['no function', 1, { key }, 'fn'],
    ['no key', key, {}, 'key'],
    ['no options', key, undefined, 'options'],
    ['grace', key, { key, grace: '1m' }, 'grace'],
    ['a bad ttl', key, { key, ttl: 'soon' }, 'ttl'],
  ])('refuses %s', (_, fn, options, option) => {
    const { cache } = openMemory()
    const attempt = (): unknown =>
      cache.memo(fn as (n: number) => string, options as MemoOptions<[number]>)
    expect(attempt).toThrow(InvalidOptionError)
    expect(attempt).toThrow(expect.objectContaining({ option }))
  })
})
