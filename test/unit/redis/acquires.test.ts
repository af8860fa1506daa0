import { describe, expect, test } from 'vitest'
import { type Acquire, ACQUIRES } from '../../../src/redis/acquires.js'

const acquire = (key: string, more: Partial<Acquire> = {}): Acquire => ({
  key,
  token: `token of ${key}`,
  versions: ['v'],
  mode: 'wait',
  ttl: 2_000,
  seen: '',
  waitedFor: '',
  lifetime: 1_000,
  hasStale: false,
  runId: 'run',
  lastMoment: () => '77',
  ...more,
})

describe('leases asked for in one turn', () => {
  const a = acquire('a', { versions: ['v', 't'] })
  const b = acquire('b', { versions: ['v', 'u', 't'], lifetime: 2_000, mode: 'force', seen: 'x' })
  const c = acquire('c', { hasStale: true, waitedFor: 'w' })

  test('name each version once, kept for the longest of those asked for under it', () => {
    const { keys, args } = ACQUIRES.argumentsOf([a, b, c])
    expect(keys).toEqual(['v', 't', 'u', 'a', 'b', 'c'])
    const lifetimes = [2_000, 2_500, 2_000, 2_500, 2_000, 2_500]
    expect(args.slice(0, 9)).toEqual(['77', 'run', 3, ...lifetimes])
    expect([args.slice(9, 16), args.slice(16, 23), args.slice(23)]).toEqual([
      ['token of a', 2_000, '', 'wait', '', '0', '1 2'],
      ['token of b', 2_000, 'x', 'force', '', '0', '1 3 2'],
      ['token of c', 2_000, '', 'wait', 'w', '1', '1'],
    ])
  })

  test('are each told their own versions', () => {
    const replies = [
      ['yours', 'token of a'],
      ['yours', 'other'],
      ['held', 5, 'token'],
    ]
    expect(ACQUIRES.repliesOf([['V', 'T', 'U'], ...replies], [a, b, c])).toEqual([
      { said: 'yours', rest: ['token of a'], versions: ['V', 'T'] },
      { said: 'yours', rest: ['other'], versions: ['V', 'U', 'T'] },
      { said: 'held', rest: [5, 'token'], versions: [] },
    ])
  })

  test('weigh their versions: 512 of these fill a call', () => {
    expect(ACQUIRES.bytesOf(b)).toBe(3 * 512)
  })

  test('all come too late together', () => {
    const late = { said: 'late', rest: [], versions: [] }
    expect(ACQUIRES.repliesOf(['late'], [a, b])).toEqual([late, late])
  })

  test.each<[string, Partial<Acquire>]>([
    ['of another namespace', { versions: ['w'] }],
    ['on another server', { runId: 'walk' }],
  ])('%s are not joined', (_, differing) => {
    expect(ACQUIRES.areJoinable(a, acquire('b', differing))).toBe(false)
    expect(ACQUIRES.areJoinable(a, acquire('b'))).toBe(true)
  })
})
