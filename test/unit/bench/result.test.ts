import { describe, expect, it } from 'vitest'
import type { Bar, Column } from '../../../bench/case.js'
import { resultOf } from '../../../bench/report/result.js'
import { caseWith, conditions, rowOf } from './rows.js'

const time: Column = { key: 'ns', title: 'ns', against: ['base'], as: 'speed' }
const bar: Bar = { contestant: 'own', column: 'ns', what: 'speed', against: 'base', floor: 0.5 }

/** A round in which everything takes ten times as long is among them. */
const base = rowOf('base', 'ns', [100, 1_000, 100])
const own = rowOf('own', 'ns', [200, 1_250, 125])

function found(columns: readonly Column[], rows = [base, own], bars: readonly Bar[] = []) {
  return resultOf(caseWith(columns, bars), rows, conditions)
}

describe('resultOf', () => {
  it('has medians over the rounds', () => {
    expect(found([time]).rows.map(({ values }) => values)).toEqual([{ ns: 100 }, { ns: 200 }])
  })

  it.each([
    ['speed', 0.8],
    ['rate', 1.25],
    ['cost', 1.25],
  ] as const)('has the median of the ratios within rounds as %s', (as, ratio) => {
    expect(found([{ ...time, as }]).rows[1]?.ratios).toEqual({ ns: { base: ratio } })
  })

  it('has what was said instead of a number', () => {
    const said = rowOf('own', 'ns', [5, '> 15 s', 5])
    expect(found([time], [base, said]).rows[1]?.values).toEqual({ ns: '> 15 s' })
  })

  it('has all that was said, where rounds say different things', () => {
    const said = rowOf('own', 'ns', ['new', 'old', 'new'])
    expect(found([time], [base, said]).rows[1]?.values).toEqual({ ns: 'new or old' })
  })

  it('takes ratios of the rounds in which both have a number', () => {
    const said = rowOf('own', 'ns', ['> 15 s', 1_250, 125])
    const { rows } = found([{ ...time, as: 'cost' }], [base, said])
    expect(rows[1]?.ratios).toEqual({ ns: { base: 1.25 } })
  })

  it('has null where nothing was measured', () => {
    const { rows } = found([time], [base, rowOf('own', 'other', [1])])
    expect(rows[1]).toEqual({ name: 'own', values: { ns: null }, ratios: { ns: { base: null } } })
  })

  it('has the error of a contestant that failed, and no figure of its rounds', () => {
    const failed = { ...base, error: 'it broke' }
    const { rows } = found([time], [failed, own])
    expect(rows[0]).toEqual({ name: 'base', error: 'it broke', values: {}, ratios: {} })
    expect(rows[1]?.ratios).toEqual({ ns: { base: null } })
  })

  it.each<[string, Partial<Bar>, NonNullable<Column['as']>, object]>([
    [
      'more is better for a speed',
      { floor: 0.8, aim: 0.9 },
      'speed',
      { value: 0.8, isFloorMet: true, isAimMet: false },
    ],
    ['more is better for a rate', { floor: 1.3 }, 'rate', { value: 1.25, isFloorMet: false }],
    [
      'less is better for a cost',
      { floor: 1.3, aim: 1.25 },
      'cost',
      { value: 1.25, isFloorMet: true, isAimMet: true },
    ],
    [
      'less is better for a difference',
      { floor: 99, difference: true },
      'speed',
      { value: 100, isFloorMet: false },
    ],
  ])('judges bars: %s', (_, changed, as, verdict) => {
    const { bars } = found([{ ...time, as }], [base, own], [{ ...bar, ...changed }])
    expect(bars[0]).toMatchObject(verdict)
  })

  it('judges a bar on the value itself: less is better', () => {
    const { against: _, ...alone } = bar
    const { bars } = found([time], [base, own], [{ ...alone, floor: 200, aim: 199 }])
    expect(bars[0]).toMatchObject({ value: 200, isFloorMet: true, isAimMet: false })
  })

  it('says between what half of the rounds are', () => {
    const { bars } = found([time], [base, own], [bar])
    expect(bars[0]).toMatchObject({ low: 0.65, high: 0.8 })
  })

  it('meets no bar without values', () => {
    const { bars } = found([time], [base, { ...own, error: 'it broke' }], [bar])
    expect(bars[0]).toMatchObject({ value: null, low: null, isFloorMet: false })
  })
})
