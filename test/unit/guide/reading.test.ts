import { describe, expect, it } from 'vitest'
import { formatFactor, readingOf, verdictOf } from '../../../examples/guide/reading.js'
import type { Case, Result } from '../../../examples/guide/row.js'

const claim = { text: '6-11x', factor: 6 }

const caseOf = (when: string, before: number, after: number): Case => ({
  when,
  steps: [
    { label: 'before', ms: before },
    { label: 'on the way', ms: 1_000 },
    { label: 'after', ms: after },
  ],
})
const near = (factor: number) => caseOf('on loopback', factor, 1)
const far = (factor: number) => caseOf('over a network', factor, 1)

describe('a reading', () => {
  it.each<[string, Result, string, string]>([
    [
      'holds where every case meets the claim',
      { cases: [near(6), far(50)] },
      'holds',
      'holds: on loopback (6x), over a network (50x)',
    ],
    [
      'takes nine tenths of the gain for the gain',
      { cases: [near(5.5)] },
      'holds',
      'holds: on loopback (5.5x)',
    ],
    [
      'names the cases that meet it, and those that do not',
      { cases: [near(5.4), far(50)] },
      'holds only',
      'holds only over a network (50x); on loopback (5.4x)',
    ],
    [
      'does not hold where no case meets it, though it got faster',
      { cases: [near(2), far(0.5)] },
      'does not hold',
      'does not hold: on loopback (2x), over a network (0.5x)',
    ],
    [
      'says why there is no number',
      { notMeasured: 'there is no Redis' },
      'not measured',
      'not measured: there is no Redis',
    ],
  ])('%s', (_, result, verdict, reading) => {
    expect(verdictOf(claim, result)).toBe(verdict)
    expect(readingOf(claim, result)).toBe(reading)
  })

  it('takes nothing gained for nothing, however little was claimed', () => {
    expect(verdictOf({ text: '1.1x', factor: 1.1 }, { cases: [near(1)] })).toBe('does not hold')
    expect(verdictOf({ text: '1.1x', factor: 1.1 }, { cases: [near(1.1)] })).toBe('holds')
  })

  it('never takes a case without a number for one that meets the claim', () => {
    expect(verdictOf(claim, { cases: [near(Number.NaN)] })).toBe('does not hold')
  })
})

it.each([
  [0.304, '0.3x'],
  [1, '1x'],
  [8.47, '8.5x'],
  [92.6, '93x'],
  [1_234, '1,200x'],
  [Number.NaN, '-'],
])('a factor of %d is written %s', (factor, text) => {
  expect(formatFactor(factor)).toBe(text)
})
