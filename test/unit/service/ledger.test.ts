import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Quota } from '../../../src/service/data-settings.js'
import { type Account, Ledger } from '../../../src/service/ledger.js'

const quotaOf = (quota: Partial<Quota>): Quota => ({
  bytes: undefined,
  entries: undefined,
  maxValue: undefined,
  maxKey: undefined,
  ...quota,
})
const account = (bytes: number, endsAt: number, tags: readonly string[] = []): Account => ({
  bytes,
  endsAt,
  tags,
})

const ANY = quotaOf({})

function stored(ledger: Ledger, key: string, one: Account, quota = ANY, now = 0): boolean {
  const entering = ledger.enter(key, one, quota, now)
  entering?.keep()
  return entering !== undefined
}

describe('a ledger', () => {
  test('lets go of what has ended', () => {
    const ledger = new Ledger()
    const one = quotaOf({ entries: 1 })
    expect(stored(ledger, 'a', account(10, 5_000), one, 0)).toBe(true)
    expect(stored(ledger, 'b', account(10, 9_000), one, 4_999)).toBe(false)
    expect(stored(ledger, 'b', account(10, 9_000), one, 5_000)).toBe(true)
    expect([ledger.entries, ledger.bytes]).toEqual([1, 10])
    // a year later, and back within a second
    expect(stored(ledger, 'c', account(10, 4e10), one, 3e10)).toBe(true)
    expect(stored(ledger, 'd', account(10, 4e10), one, 3e10 + 1)).toBe(false)
  })

  test('keeps what was put anew until its new end', () => {
    const ledger = new Ledger()
    const one = quotaOf({ entries: 1 })
    stored(ledger, 'a', account(10, 5_000), one, 0)
    stored(ledger, 'a', account(20, 9_000), one, 1_000)
    expect(stored(ledger, 'b', account(1, 9_000), one, 6_000)).toBe(false)
    expect(ledger.bytes).toBe(20)
  })

  test('goes back to what is there when nothing else was stored, in whatever order that is known', () => {
    const ledger = new Ledger()
    stored(ledger, 'a', account(60, 5_000))
    const first = ledger.enter('a', account(1, 1_000), ANY, 0)
    const second = ledger.enter('a', account(90, 1_000), ANY, 0)
    expect([ledger.entries, ledger.bytes]).toEqual([1, 90])
    first?.drop()
    second?.drop()
    expect([ledger.entries, ledger.bytes]).toEqual([1, 60])
    const third = ledger.enter('b', account(10, 1_000), ANY, 0)
    const fourth = ledger.enter('b', account(20, 1_000), ANY, 0)
    expect([ledger.entries, ledger.bytes]).toEqual([2, 80])
    third?.drop()
    fourth?.drop()
    expect([ledger.entries, ledger.bytes]).toEqual([1, 60])
  })

  test('has room for what a write may need as long as nobody knows how it ended', () => {
    const ledger = new Ledger()
    const quota = quotaOf({ bytes: 100, entries: 2 })
    stored(ledger, 'a', account(90, 5_000), quota)
    const again = ledger.enter('a', account(80, 5_000), quota, 0)
    ledger.delete('a')
    expect(stored(ledger, 'b', account(30, 5_000), quota)).toBe(false)
    expect(stored(ledger, 'b', account(20, 5_000), quota)).toBe(true)
    expect(stored(ledger, 'c', account(0, 5_000), quota)).toBe(false)
    ledger.clear()
    expect([ledger.entries, ledger.bytes]).toEqual([1, 80])
    again?.keep()
    expect([ledger.entries, ledger.bytes]).toEqual([1, 80])
    ledger.clear()
    expect([ledger.entries, ledger.bytes]).toEqual([0, 0])
  })

  test('forgets what carries a tag', () => {
    const ledger = new Ledger()
    stored(ledger, 'a', account(1, 5_000, ['t', 'u']))
    stored(ledger, 'b', account(2, 5_000, ['v']))
    ledger.deleteTagged(['u', 'w'])
    expect([ledger.entries, ledger.bytes]).toEqual([1, 2])
  })

  test('knows the sum of what is there, whatever happens', () => {
    const step = fc.record({
      key: fc.constantFrom('a', 'b', 'c', 'd'),
      bytes: fc.integer({ min: 0, max: 60 }),
      lives: fc.integer({ min: 1, max: 5_000 }),
      pause: fc.integer({ min: 0, max: 3_000 }),
      next: fc.constantFrom('stay', 'undo', 'delete'),
    })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const ledger = new Ledger()
        const there = new Map<string, Account>()
        let now = 0
        for (const { key, bytes, lives, pause, next } of steps) {
          now += pause
          for (const [old, { endsAt }] of there) if (endsAt <= now - 1_000) there.delete(old)
          const entered = account(bytes, now + lives)
          const entering = ledger.enter(key, entered, quotaOf({ bytes: 100 }), now)
          expect(ledger.bytes).toBeLessThanOrEqual(100)
          if (next === 'undo') entering?.drop()
          else entering?.keep()
          if (entering !== undefined && next !== 'undo') there.set(key, entered)
          if (next === 'delete') {
            ledger.delete(key)
            there.delete(key)
          }
          // what ended within the last second may still be counted
          const alive = [...there.values()].filter(({ endsAt }) => endsAt > now)
          const least = alive.reduce((sum, one) => sum + one.bytes, 0)
          const most = [...there.values()].reduce((sum, one) => sum + one.bytes, 0)
          expect(ledger.bytes).toBeGreaterThanOrEqual(least)
          expect(ledger.bytes).toBeLessThanOrEqual(most)
        }
      }),
    )
  })
})
