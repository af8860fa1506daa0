import { expect, test, vi } from 'vitest'
import { Renewals } from '../../../src/redis/renewals.js'
import { ManualClock } from '../../support/manual-clock.js'

const held = (pause: number) => ({ pause, renew: vi.fn(() => true) })

test('each lease is renewed after its own pause, again and again', () => {
  const clock = new ManualClock()
  const renewals = new Renewals(clock)
  const [slow, fast] = [held(600), held(100)]
  renewals.add(slow)
  renewals.add(fast)
  clock.advance(99)
  expect(fast.renew).not.toHaveBeenCalled()
  for (let i = 0; i < 120; i++) clock.advance(10)
  expect(fast.renew.mock.calls.length).toBeGreaterThanOrEqual(10)
  expect(fast.renew.mock.calls.length).toBeLessThanOrEqual(12)
  expect(slow.renew.mock.calls.length).toBe(2)
})

test('one that is given back, or does not want it any more, is not', () => {
  const clock = new ManualClock()
  const renewals = new Renewals(clock)
  const [given, over, kept] = [held(100), { pause: 100, renew: vi.fn(() => false) }, held(100)]
  for (const lease of [given, over, kept]) renewals.add(lease)
  renewals.delete(given)
  for (let i = 0; i < 35; i++) clock.advance(10)
  expect(given.renew).not.toHaveBeenCalled()
  expect(over.renew).toHaveBeenCalledTimes(1)
  expect(kept.renew).toHaveBeenCalledTimes(3)
})

test('after all are gone a new one is renewed in its time', () => {
  const clock = new ManualClock()
  const renewals = new Renewals(clock)
  const first = held(100)
  renewals.add(first)
  renewals.delete(first)
  clock.advance(1_000)
  const second = held(100)
  renewals.add(second)
  clock.advance(100)
  expect(first.renew).not.toHaveBeenCalled()
  expect(second.renew).toHaveBeenCalledTimes(1)
})
