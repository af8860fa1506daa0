import { describe, expect, test } from 'vitest'
import { SLOTS, slotOf, tagsIn } from '../../../src/redis/cluster-slot.js'

describe('slotOf', () => {
  test.each([
    ['', 0],
    ['123456789', 12_739],
    ['foo', 12_182],
    ['bar', 5_061],
    ['hello', 866],
    ['user1000', 3_443],
    ['ünï → 😀', 14_578],
  ])('of %j is %d', (tag, slot) => {
    expect(slotOf(tag)).toBe(slot)
  })
})

describe('tagsIn', () => {
  test('gives short tags, each in another slot of those owned', () => {
    const owns = (slot: number): boolean => slot >= 5_461 && slot <= 10_922
    const tags = tagsIn(owns, 4)
    expect(tags).toHaveLength(4)
    expect(tags.every((tag) => owns(slotOf(tag)) && tag.length <= 3)).toBe(true)
    expect(new Set(tags.map(slotOf)).size).toBe(4)
  })

  test('finds the only slot there is, wherever it lies', () => {
    for (const one of [0, 1, 8_191, SLOTS - 1]) {
      expect(tagsIn((slot) => slot === one, 4).map(slotOf)).toEqual([one])
    }
  })

  test('gives none where nothing is owned', () => {
    expect(tagsIn(() => false, 4)).toEqual([])
  })
})
