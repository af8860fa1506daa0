import { describe, expect, it } from 'vitest'
import { claimChart } from '../../../examples/guide/report/claim-chart.js'
import { scaleOf } from '../../../examples/guide/report/scale.js'
import { stepChart } from '../../../examples/guide/report/step-chart.js'
import type { Measured, Row } from '../../../examples/guide/row.js'

const measured: Measured = {
  cases: [
    {
      when: 'for <b> & "c"',
      steps: [
        { label: '`loop`', ms: 100 },
        { label: 'batch', ms: 2 },
      ],
    },
  ],
}
const row: Row = {
  name: 'a-row',
  system: 'Ask `once`',
  claim: { text: '20x', factor: 20 },
  ran: 'nothing',
  run: async () => measured,
}

describe('a scale', () => {
  it('begins at nothing where the values are close', () => {
    const scale = scaleOf([30, 100])
    expect(scale.isLogarithmic).toBe(false)
    expect(scale.ticks).toEqual([0, 50, 100])
    expect([0, 30, 100].map(scale.at)).toEqual([0, 0.3, 1])
  })

  it('is logarithmic where they span decades, and shows the smallest', () => {
    const scale = scaleOf([0.001, 50])
    expect(scale.isLogarithmic).toBe(true)
    expect(scale.ticks.map((tick) => tick.toPrecision(1))).toEqual(
      [0.0001, 0.001, 0.01, 0.1, 1, 10, 100].map((tick) => tick.toPrecision(1)),
    )
    expect(scale.at(0.001)).toBeCloseTo(1 / 6)
    expect(scale.at(100)).toBeCloseTo(1)
  })

  it.each([[[1]], [[7, 7]], [[0.3, 0.02]], [[1e-5, 1e5]]])('keeps %j on its axis', (values) => {
    const { at, ticks } = scaleOf(values)
    for (const value of values) {
      expect(at(value)).toBeGreaterThan(0)
      expect(at(value)).toBeLessThanOrEqual(1)
    }
    expect(ticks.map(at).at(-1)).toBeCloseTo(1)
  })
})

describe('a chart', () => {
  it('of steps tells those who do not see it what it shows, and escapes what it is given', () => {
    const svg = stepChart(row, measured)
    expect(svg).toContain(
      '<desc id="desc">for &#60;b&#62; &#38; &#34;c&#34;: loop 100 ms, batch 2 ms; 50x.</desc>',
    )
    expect(svg).toContain('logarithmic')
    expect(svg).toContain('prefers-color-scheme: dark')
  })

  it('of claims has a mark for the claim and a point for each case', () => {
    const svg = claimChart([
      { row, result: measured },
      { row: { ...row, name: 'another' }, result: { notMeasured: 'nothing here' } },
    ])
    expect(svg.match(/<circle/g)).toHaveLength(1 + 1) // one is the legend's
    expect(svg.match(/class="claim"/g)).toHaveLength(2 + 1)
    expect(svg).toContain('another: claimed 20x, measured not.')
  })
})
