import { expect, test } from 'vitest'
import { SlowLoads } from '../../../../src/service/dashboard/slow-loads.js'
import { ManualClock } from '../../../support/manual-clock.js'

function load(ms: number): Parameters<SlowLoads['add']>[0] {
  return { namespace: 'shop', key: `took ${ms}`, ms, at: 0, failed: false }
}

test('the twenty slowest are kept, the slowest first', () => {
  const slowLoads = new SlowLoads(new ManualClock())
  for (let i = 0; i < 1_000; i++) slowLoads.add(load((i * 7) % 1_000))
  expect(slowLoads.view().map(({ ms }) => ms)).toEqual(
    Array.from({ length: 20 }, (_, i) => 999 - i),
  )
})

test('a slow one is forgotten after ten minutes, one that is less slow shown then', () => {
  const clock = new ManualClock()
  const slowLoads = new SlowLoads(clock)
  for (let i = 0; i < 20; i++) slowLoads.add(load(1_000))
  clock.advance(300_000)
  slowLoads.add(load(5))
  expect(slowLoads.view()).toHaveLength(20)
  clock.advance(300_000)
  expect(slowLoads.view().map(({ ms }) => ms)).toEqual([5])
})
