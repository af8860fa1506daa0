import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capDeadlines, deadlinesOf, earlyRefreshAt } from '../../../src/entry/lifetime.js'

const lifetime = { ttl: 60_000, grace: 30_000, negativeTtl: undefined, jitter: 0 }

describe('deadlinesOf', () => {
  test.each([
    ['ttl, then grace on top', lifetime, 'value', 0, [1_000, 61_000, 91_000]],
    ['no grace', { ...lifetime, grace: 0 }, 'value', 0, [1_000, 61_000, 61_000]],
    ['a ttl of 0', { ...lifetime, ttl: 0 }, 'value', 0, [1_000, 1_000, 31_000]],
    ['null without negativeTtl', lifetime, null, 0, [1_000, 61_000, 91_000]],
    ['null with negativeTtl', { ...lifetime, negativeTtl: 5_000 }, null, 0, [1_000, 6_000, 36_000]],
    ['null with negativeTtl 0', { ...lifetime, negativeTtl: 0 }, null, 0, [1_000, 1_000, 31_000]],
    [
      'undefined is not null',
      { ...lifetime, negativeTtl: 0 },
      undefined,
      0,
      [1_000, 61_000, 91_000],
    ],
    ['jitter drawn 0', { ...lifetime, jitter: 0.5 }, 1, 0, [1_000, 61_000, 91_000]],
    ['jitter drawn half', { ...lifetime, jitter: 0.5 }, 1, 0.5, [1_000, 46_000, 76_000]],
    ['over 2^31', { ...lifetime, ttl: 2 ** 33 }, 1, 0, [1_000, 1_000 + 2 ** 33, 31_000 + 2 ** 33]],
  ])('%s', (_, asked, value, random, [storedAt, freshUntil, staleUntil]) => {
    expect(deadlinesOf(asked, value, 1_000, random)).toEqual({ storedAt, freshUntil, staleUntil })
  })

  const length = fc.double({ min: 0, max: 365 * 86_400_000, noNaN: true })
  const now = fc.double({ min: 0, max: 1e10, noNaN: true })

  test('whole milliseconds in order, never later than asked for', () => {
    fc.assert(
      fc.property(
        fc.record({
          ttl: length,
          grace: length,
          jitter: fc.double({ min: 0, max: 0.5, noNaN: true }),
        }),
        now,
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (asked, now, random) => {
          const whole = { ...asked, negativeTtl: undefined }
          const { storedAt, freshUntil, staleUntil } = deadlinesOf(whole, 1, now, random)
          expect([storedAt, freshUntil, staleUntil].every(Number.isInteger)).toBe(true)
          expect(storedAt).toBeLessThanOrEqual(now)
          expect(freshUntil).toBeLessThanOrEqual(now + asked.ttl)
          expect(freshUntil).toBeGreaterThanOrEqual(
            Math.floor(now + asked.ttl * (1 - asked.jitter)) - 1,
          )
          expect(staleUntil).toBeGreaterThanOrEqual(freshUntil)
          expect(staleUntil - freshUntil).toBeLessThanOrEqual(asked.grace)
        },
      ),
    )
  })

  test('more grace or ttl never gives an earlier end', () => {
    fc.assert(
      fc.property(length, length, length, now, (ttl, grace, more, now) => {
        const asked = { ...lifetime, ttl, grace }
        const base = deadlinesOf(asked, 1, now, 0.3)
        const graced = deadlinesOf({ ...asked, grace: grace + more }, 1, now, 0.3)
        expect(graced.freshUntil).toBe(base.freshUntil)
        expect(graced.staleUntil).toBeGreaterThanOrEqual(base.staleUntil)
        const longer = deadlinesOf({ ...asked, ttl: ttl + more }, 1, now, 0.3)
        expect(longer.freshUntil).toBeGreaterThanOrEqual(base.freshUntil)
      }),
    )
  })
})

describe('capDeadlines', () => {
  const deadlines = { storedAt: 0, freshUntil: 100, staleUntil: 200 }

  test.each([
    [0, 300, [0, 100, 200]],
    [0, 200, [0, 100, 200]],
    [0, 150, [0, 100, 150]],
    [0, 50, [0, 50, 50]],
    [-20, 50.9, [0, 30, 30]],
  ])('from %d for at most %d', (from, longest, [storedAt, freshUntil, staleUntil]) => {
    expect(capDeadlines(deadlines, from, longest)).toEqual({ storedAt, freshUntil, staleUntil })
  })
})

describe('earlyRefreshAt', () => {
  test.each([
    ['off', 0, 0.01, 10_000],
    ['a draw of 1', 1, 1, 10_000],
    ['a draw of 1/e', 1, 1 / Math.E, 9_900],
    ['twice the beta', 2, 1 / Math.E, 9_800],
  ])('%s', (_, beta, random, at) => {
    expect(earlyRefreshAt(10_000, 100, beta, random)).toBe(at)
  })

  test('is never after the end of freshness', () => {
    const random = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true })
    fc.assert(
      fc.property(
        fc.nat(1e6),
        fc.double({ min: 0, max: 10, noNaN: true }),
        random,
        (time, beta, r) => {
          expect(earlyRefreshAt(1e6, time, beta, r)).toBeLessThanOrEqual(1e6)
        },
      ),
    )
  })
})
