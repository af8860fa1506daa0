import { expect, test } from 'vitest'
import { HitForMiss } from '../../../src/http/hit-for-miss.js'
import { Requests } from '../../../src/http/requests.js'
import { variantKey, Variants } from '../../../src/http/variants.js'
import { get } from '../../support/origin.js'

test('that nobody gets anything from waiting is known for ten seconds', () => {
  const known = new HitForMiss()
  known.note('a', 0)
  expect([known.has('a', 9_999), known.has('b', 0), known.has('a', 10_000)]).toEqual([
    true,
    false,
    false,
  ])
  known.note('a', 0)
  known.forget('a')
  expect(known.has('a', 1)).toBe(false)
})

test('of more than 10,000 keys the first are forgotten', () => {
  const known = new HitForMiss()
  for (let i = 0; i <= 10_000; i++) known.note(`k${i}`, 0)
  expect([known.has('k0', 1), known.has('k1', 1), known.has('k10000', 1)]).toEqual([
    false,
    true,
    true,
  ])
})

test('requests are counted for ten minutes', () => {
  const requests = new Requests()
  expect([1, 2, 3].map(() => requests.isEnough('a', 2, 0))).toEqual([false, true, true])
  expect(requests.isEnough('a', 2, 600_000)).toBe(false)
  expect(requests.isEnough('b', 1, 0)).toBe(true)
})

test('a URL has fifteen variants beside its first, until they are counted anew', () => {
  const variants = new Variants()
  const admitted = Array.from({ length: 20 }, (_, i) => variants.admits('k', `v${i}`, 0))
  expect(admitted.filter(Boolean)).toHaveLength(15)
  expect(variants.admits('k', 'v3', 0)).toBe(true)
  expect(variants.admits('other', 'v19', 0)).toBe(true)
  expect(variants.admits('k', 'v19', 600_000)).toBe(true)
})

test('a variant is known by the fields it varies by and their values', () => {
  const key = (vary: string[], headers: Record<string, string>) =>
    variantKey('k', vary, get('/', headers))
  expect(key(['a'], { a: '1', b: '1' })).toBe(key(['a'], { a: '1', b: '2' }))
  expect(key(['a'], { a: '1' })).not.toBe(key(['a'], { a: '2' }))
  expect(key(['a'], {})).not.toBe(key(['a'], { a: '' }))
  expect(key(['a'], {})).not.toBe(key(['b'], {}))
})
