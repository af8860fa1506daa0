import { expect, test } from 'vitest'
import { LentLoads } from '../../../../src/service/dashboard/lent-loads.js'
import { ManualClock } from '../../../support/manual-clock.js'

const of = (key: string) => ({ namespace: 'shop', key }) as const

test('the end of a load tells how long it took', () => {
  const clock = new ManualClock()
  const loads = new LentLoads(clock)
  expect(loads.note({ ...of('a'), what: 'lent' })).toBeUndefined()
  clock.advance(5)
  expect(loads.note({ ...of('a'), what: 'revoked' })).toBeUndefined()
  clock.advance(5)
  expect(loads.note({ ...of('a'), what: 'filled' })).toEqual({ ...of('a'), ms: 10, failed: false })
  expect(loads.note({ ...of('a'), what: 'filled' })).toBeUndefined()
})

test('a key that is lent again, for its holder died, is timed anew', () => {
  const clock = new ManualClock()
  const loads = new LentLoads(clock)
  loads.note({ ...of('a'), what: 'lent' })
  clock.advance(5_000)
  loads.note({ ...of('a'), what: 'lent' })
  clock.advance(7)
  expect(loads.note({ ...of('a'), what: 'returned' })).toEqual({ ...of('a'), ms: 7, failed: true })
})

test('of too many the oldest are forgotten', () => {
  const loads = new LentLoads(new ManualClock())
  for (let i = 0; i <= 1_000; i++) loads.note({ ...of(`key:${i}`), what: 'lent' })
  expect(loads.note({ ...of('key:0'), what: 'filled' })).toBeUndefined()
  expect(loads.note({ ...of('key:1'), what: 'filled' })).toMatchObject(of('key:1'))
})
