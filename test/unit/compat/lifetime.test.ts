import { expect, test } from 'vitest'
import { lifetimeOf } from '../../../src/compat/lifetime.js'

const YEAR = 365 * 86_400_000

test.each([
  [undefined, undefined],
  [null, undefined],
  [0, undefined],
  [1, 1],
  [1_500.5, 1_500.5],
  [YEAR, YEAR],
  [YEAR + 1, YEAR],
  [Infinity, YEAR],
  [-1, 0],
  [-Infinity, 0],
  ['5m', '5m'],
] as const)('a ttl of %s is %s', (ttl, expected) => {
  expect(lifetimeOf(ttl)).toBe(expected)
})

test('what is no number stays what it is: the cache refuses it', () => {
  expect(lifetimeOf(Number.NaN)).toBeNaN()
})
