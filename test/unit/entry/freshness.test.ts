import { describe, expect, test } from 'vitest'
import { freshnessOf, isFresh, isHit, isServable, newerOf } from '../../../src/entry/freshness.js'

describe('an entry fresh until 100 and servable until 200', () => {
  const entry = { freshUntil: 100, staleUntil: 200 }

  test.each([
    [99.999, 'fresh', true, true],
    [100, 'stale', false, true],
    [199.999, 'stale', false, true],
    [200, 'gone', false, false],
  ])('is at %d %s', (now, freshness, fresh, servable) => {
    expect(freshnessOf(entry, now)).toBe(freshness)
    expect(isFresh(entry, now)).toBe(fresh)
    expect(isServable(entry, now)).toBe(servable)
  })
})

test('an expired entry is stale, one without grace gone', () => {
  expect(freshnessOf({ freshUntil: 0, staleUntil: 200 }, 50)).toBe('stale')
  expect(freshnessOf({ freshUntil: 0, staleUntil: 50 }, 50)).toBe('gone')
})

test.each([
  [99, true],
  [100, false],
])('a hit needs no further look at %d: %s', (now, hit) => {
  expect(isHit({ hitUntil: 100 }, now)).toBe(hit)
})

test('of two entries the newer is the one stored later, the first of equals', () => {
  const [old, same, young] = [{ storedAt: 1 }, { storedAt: 1 }, { storedAt: 2 }]
  expect(newerOf(old, young)).toBe(young)
  expect(newerOf(young, old)).toBe(young)
  expect(newerOf(old, same)).toBe(old)
  expect(newerOf(undefined, old)).toBe(old)
  expect(newerOf(old, undefined)).toBe(old)
  expect(newerOf(undefined, undefined)).toBeUndefined()
})
