import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatDuration, LONGEST, parseDuration } from '../../../src/entry/duration.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { thrownBy } from '../cache/harness.js'

describe('parseDuration', () => {
  test.each([
    [0, 0],
    [0.5, 0.5],
    [1_234, 1_234],
    ['0ms', 0],
    ['250ms', 250],
    ['30s', 30_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['7d', 604_800_000],
    ['365d', LONGEST],
    [LONGEST, LONGEST],
  ])('%o is %d ms', (value, ms) => {
    expect(parseDuration(value, 'ttl')).toBe(ms)
  })

  test.each([
    -1,
    -0.001,
    LONGEST + 1,
    Number.NaN,
    Infinity,
    -Infinity,
    '',
    '5',
    '5 m',
    ' 5m',
    '5m ',
    '5M',
    '5min',
    '-5m',
    '+5m',
    '.5s',
    '5.s',
    '1e3s',
    '0x10s',
    '5m5s',
    '366d',
    '9'.repeat(16) + 'ms',
    '٣s',
    null,
    undefined,
    true,
    5n,
    {},
    [5],
    new Date(5),
  ])('%o is none', (value) => {
    const error = thrownBy(() => parseDuration(value, 'the.option'))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option: 'the.option', value })
    expect((error as Error).message).toContain('0 .. 365d')
  })

  test('a range may be narrower', () => {
    const range = { min: 250, max: 60_000 }
    expect(parseDuration('1m', 'x', range)).toBe(60_000)
    for (const value of ['61s', 249, 0]) {
      expect(() => parseDuration(value, 'x', range)).toThrow('250ms .. 1m')
    }
  })
})

describe('formatDuration', () => {
  test.each([
    [0, '0'],
    [1, '1ms'],
    [999, '999ms'],
    [1_000, '1s'],
    [1_500, '1500ms'],
    [60_000, '1m'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [86_400_000, '1d'],
    [LONGEST, '365d'],
  ])('%d is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })

  test('is read back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: LONGEST }), (ms) => {
        expect(parseDuration(formatDuration(ms), 'x')).toBe(ms)
      }),
    )
  })
})
