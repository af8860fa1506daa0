import { expect, test } from 'vitest'
import { Latencies } from '../../../../src/service/dashboard/latencies.js'
import { ManualClock } from '../../../support/manual-clock.js'

/** Two digits are exact. */
function about(value: number | undefined, expected: number): void {
  expect(Math.abs((value ?? Number.NaN) / expected - 1)).toBeLessThanOrEqual(0.01)
}

test('nothing recorded is nothing shown', () => {
  expect(new Latencies(new ManualClock()).view()).toBeUndefined()
})

test('percentiles are within a hundredth', () => {
  const latencies = new Latencies(new ManualClock())
  for (let ms = 1; ms <= 1_000; ms++) latencies.record(ms)
  const view = latencies.view()
  expect(view?.count).toBe(1_000)
  about(view?.p50, 500)
  about(view?.p90, 900)
  about(view?.p99, 990)
  about(view?.max, 1_000)
})

test('what is shorter than a microsecond, or longer than an hour, is counted as that', () => {
  const latencies = new Latencies(new ManualClock())
  latencies.record(0)
  about(latencies.view()?.max, 0.001)
  latencies.record(1e12)
  about(latencies.view()?.max, 3_600_000)
})

test('of the last minute or two', () => {
  const clock = new ManualClock()
  const latencies = new Latencies(clock)
  latencies.record(100)
  clock.advance(60_000)
  latencies.record(1)
  expect(latencies.view()?.count).toBe(2)
  clock.advance(60_000)
  expect(latencies.view()?.count).toBe(1)
  about(latencies.view()?.max, 1)
  clock.advance(60_000)
  expect(latencies.view()).toBeUndefined()
})
