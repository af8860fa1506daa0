import { expect, it } from 'vitest'
import { recentMap } from '../../../src/entry/recent-map.js'

it('keeps the keys used last', () => {
  const map = recentMap<number>(2)
  map.set('a', 1)
  map.set('b', 2)
  map.get('a')
  map.set('c', 3)
  map.set('c', 4)
  expect([...map.keys()].toSorted()).toEqual(['a', 'c'])
  expect(map.get('c')).toBe(4)
})

it('takes no memory for what it does not hold', () => {
  const before = process.memoryUsage()
  const maps = Array.from({ length: 200 }, () => recentMap<number>(10_000))
  const after = process.memoryUsage()
  const taken = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers
  expect(taken / maps.length).toBeLessThan(20_000)
})
