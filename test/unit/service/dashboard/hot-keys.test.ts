import { expect, test } from 'vitest'
import { HotKeys } from '../../../../src/service/dashboard/hot-keys.js'
import { ManualClock } from '../../../support/manual-clock.js'

const MINUTE = 60_000

function namesOf(hotKeys: HotKeys): string[] {
  return hotKeys.view().map(({ namespace, key, reads }) => `${namespace} ${key} ${reads}`)
}

test('the keys that were read most come first, apart by namespace', () => {
  const hotKeys = new HotKeys(new ManualClock())
  hotKeys.add('shop', 'a', 1)
  hotKeys.add('shop', 'b', 3)
  hotKeys.add('other', 'a', 1)
  hotKeys.add('other', 'a', 1)
  expect(namesOf(hotKeys)).toEqual(['shop b 3', 'other a 2', 'shop a 1'])
})

test('a rate is that of the time it was counted in', () => {
  const clock = new ManualClock()
  const hotKeys = new HotKeys(clock)
  hotKeys.add('shop', 'a', 50)
  clock.advance(10_000)
  expect(hotKeys.view()[0]?.rate).toBe(5)
  clock.advance(MINUTE)
  hotKeys.add('shop', 'a', 90)
  expect(hotKeys.view()[0]).toMatchObject({ reads: 140, rate: 2 })
})

test('what was not read for two minutes is gone', () => {
  const clock = new ManualClock()
  const hotKeys = new HotKeys(clock)
  hotKeys.add('shop', 'old', 100)
  clock.advance(MINUTE)
  hotKeys.add('shop', 'new', 1)
  expect(namesOf(hotKeys)).toEqual(['shop old 100', 'shop new 1'])
  clock.advance(MINUTE)
  expect(namesOf(hotKeys)).toEqual(['shop new 1'])
  clock.advance(2 * MINUTE)
  expect(namesOf(hotKeys)).toEqual([])
})

test('twenty are shown of however many', () => {
  const hotKeys = new HotKeys(new ManualClock())
  for (let i = 0; i < 5_000; i++) hotKeys.add('shop', `rare:${i}`, 1)
  for (let i = 0; i < 20; i++) hotKeys.add('shop', `hot:${i}`, 1_000 + i)
  const view = hotKeys.view()
  expect(view.map(({ key }) => key)).toEqual(Array.from({ length: 20 }, (_, i) => `hot:${19 - i}`))
  for (const { reads, error } of view) expect(reads - error).toBeGreaterThanOrEqual(1_000)
})

test('a key that only one of both minutes knows is not counted too low', () => {
  const clock = new ManualClock()
  const hotKeys = new HotKeys(clock)
  // more keys than there are counters, so that one that was read loses its own
  for (let i = 0; i < 5_000; i++) hotKeys.add('shop', `rare:${i % 1_000}`, 1)
  clock.advance(MINUTE)
  hotKeys.add('shop', 'rare:0', 100)
  const [hottest] = hotKeys.view()
  expect(hottest?.key).toBe('rare:0')
  expect(hottest?.reads).toBeGreaterThanOrEqual(105)
  expect((hottest?.reads ?? 0) - (hottest?.error ?? 0)).toBeLessThanOrEqual(105)
})
