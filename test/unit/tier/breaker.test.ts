import { describe, expect, test } from 'vitest'
import { Breaker } from '../../../src/tier/breaker.js'

const settings = { failures: 3, window: 1_000 }

/** Fails at these instants; gives the instant at which it opened. */
function openedAt(failures: readonly number[], succeedBetween = true): number | undefined {
  const breaker = new Breaker(settings)
  return failures.find((at) => {
    if (succeedBetween) breaker.succeed()
    return breaker.fail(at)
  })
}

describe('Breaker', () => {
  test.each([
    { title: 'as many failures as allowed within the window', at: [0, 500, 999], opens: 999 },
    { title: 'failures of one moment', at: [5, 5, 5], opens: 5 },
    { title: 'the window slides', at: [0, 900, 1_800, 1_850], opens: 1_850 },
    { title: 'the window includes its end', at: [0, 500, 1_000], opens: 1_000 },
  ])('opens: $title', ({ at, opens }) => {
    expect(openedAt(at)).toBe(opens)
  })

  test.each([
    { title: 'too few', at: [0, 1] },
    { title: 'too far apart', at: [0, 600, 1_200, 1_900, 2_500] },
  ])('stays closed: $title', ({ at }) => {
    expect(openedAt(at)).toBeUndefined()
  })

  test('opens after as many failures in a row, however far apart', () => {
    expect(openedAt([0, 60_000, 120_000], false)).toBe(120_000)
  })

  test('a failure while it is open opens nothing', () => {
    const breaker = new Breaker({ failures: 1, window: 1_000 })
    expect(breaker.fail(0)).toBe(true)
    expect(breaker.fail(1)).toBe(false)
    expect(breaker.state).toBe('open')
  })

  test('forgets the failures when it closes', () => {
    const breaker = new Breaker(settings)
    for (const at of [0, 1, 2]) breaker.fail(at)
    breaker.probe()
    expect(breaker.state).toBe('half-open')
    breaker.close()
    expect(breaker.fail(3)).toBe(false)
    expect(breaker.fail(4)).toBe(false)
    expect(breaker.fail(5)).toBe(true)
  })
})
