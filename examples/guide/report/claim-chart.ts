import { formatFactor } from '../reading.js'
import { factorOf, isMeasured } from '../row.js'
import type { Outcome } from './outcome.js'
import { logarithmic } from './scale.js'
import { drawing, type Element, element, label } from './svg.js'

const width = 760
const left = 130
const right = 50
const top = 84
const rowHeight = 28

/** For each row what the guide claims, and a point for what was measured in each case, on one logarithmic axis. */
export function claimChart(outcomes: readonly Outcome[]): string {
  const lines = outcomes.map(({ row, result }) => ({
    name: row.name,
    claim: row.claim,
    factors: isMeasured(result) ? result.cases.map(factorOf) : [],
  }))
  const all = lines.flatMap(({ claim, factors }) => [claim.factor, ...factors])
  const scale = logarithmic(Math.min(1, ...all), Math.max(...all))
  const x = (factor: number) => left + scale.at(factor) * (width - left - right)
  const bottom = top + lines.length * rowHeight
  const content: Element[] = scale.ticks.flatMap((tick) => [
    element('line', {
      class: tick === 1 ? 'line one' : 'line',
      x1: x(tick),
      x2: x(tick),
      y1: top - 8,
      y2: bottom,
    }),
    label(x(tick), top - 14, formatFactor(tick), { class: 'quiet', 'text-anchor': 'middle' }),
  ])
  for (const [i, { name, claim, factors }] of lines.entries()) {
    const y = top + (i + 0.5) * rowHeight
    const [least, most] = [Math.min(...factors), Math.max(...factors)]
    content.push(label(left - 12, y + 4, name, { 'text-anchor': 'end' }))
    if (factors.length > 1)
      content.push(element('line', { class: 'span', x1: x(least), x2: x(most), y1: y, y2: y }))
    for (const factor of factors)
      content.push(element('circle', { class: 'measured', cx: x(factor), cy: y, r: 4.5 }))
    content.push(claimMark(x(claim.factor), y))
    if (factors.length === 0)
      content.push(label(x(claim.factor) + 10, y + 4, 'not measured', { class: 'quiet' }))
  }
  const description = lines.map(
    ({ name, claim, factors }) =>
      `${name}: claimed ${claim.text}, measured ${factors.map(formatFactor).join(', ') || 'not'}.`,
  )
  return drawing(
    {
      width,
      height: bottom + 16,
      title: 'What the guide claims and what was measured',
      description: description.join(' '),
    },
    [
      label(16, 26, 'What the guide claims and what was measured', { class: 'title' }),
      label(46, 48, 'the claim', { class: 'quiet' }),
      claimMark(32, 44),
      element('circle', { class: 'measured', cx: 132, cy: 44, r: 4.5 }),
      label(
        146,
        48,
        'measured, a point for each set of circumstances; logarithmic axis; below 1x it got slower',
        {
          class: 'quiet',
        },
      ),
      ...content,
    ],
  )
}

/** Another shape than a point, not only another colour. */
function claimMark(x: number, y: number): Element {
  return element('rect', { class: 'claim', x: x - 1.5, y: y - 9, width: 3, height: 18 })
}
