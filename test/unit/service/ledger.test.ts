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

describe('a ledger', () => {
  test('lets go of what has ended', () => {
    const ledger = new Ledger()
    const one = quotaOf({ entries: 1 })
    expect(ledger.enter('a', account(10, 5_000), one, 0)).toBeTypeOf('function')
    expect(ledger.enter('b', account(10, 9_000), one, 4_999)).toBe(undefined)
    expect(ledger.enter('b', account(10, 9_000), one, 5_000)).toBeTypeOf('function')
    expect([ledger.entries, ledger.bytes]).toEqual([1, 10])
    // a year later, and back within a second
    expect(ledger.enter('c', account(10, 4e10), one, 3e10)).toBeTypeOf('function')
    expect(ledger.enter('d', account(10, 4e10), one, 3e10 + 1)).toBe(undefined)
  })

  test('keeps what was put anew until its new end', () => {
    const ledger = new Ledger()
    const one = quotaOf({ entries: 1 })
    ledger.enter('a', account(10, 5_000), one, 0)
    ledger.enter('a', account(20, 9_000), one, 1_000)
    expect(ledger.enter('b', account(1, 9_000), one, 6_000)).toBe(undefined)
    expect(ledger.bytes).toBe(20)
  })

  test('takes back what was not stored, unless it has been replaced', () => {
    const ledger = new Ledger()
    const quota = quotaOf({ bytes: 100 })
    ledger.enter('a', account(10, 5_000), quota, 0)
    const undo = ledger.enter('a', account(90, 5_000), quota, 0)
    undo?.()
    expect([ledger.entries, ledger.bytes]).toEqual([1, 10])
    const late = ledger.enter('a', account(50, 5_000), quota, 0)
    ledger.enter('a', account(60, 5_000), quota, 0)
    late?.()
    expect(ledger.bytes).toBe(60)
    ledger.enter('b', account(1, 5_000), quota, 0)?.()
    expect(ledger.entries).toBe(1)
  })

  test('forgets what carries a tag', () => {
    const ledger = new Ledger()
    ledger.enter('a', account(1, 5_000, ['t', 'u']), quotaOf({}), 0)
    ledger.enter('b', account(2, 5_000, ['v']), quotaOf({}), 0)
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
          const undo = ledger.enter(key, entered, quotaOf({ bytes: 100 }), now)
          expect(ledger.bytes).toBeLessThanOrEqual(100)
          if (undo !== undefined && next === 'undo') undo()
          else if (undo !== undefined && next === 'stay') there.set(key, entered)
          else if (next === 'delete') {
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
