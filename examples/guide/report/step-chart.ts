import { formatDuration } from '../../demo/quantile.js'
import { formatFactor } from '../reading.js'
import { type Case, factorOf, type Measured, type Row } from '../row.js'
import { type Scale, scaleOf } from './scale.js'
import { drawing, type Element, element, label } from './svg.js'

const width = 760
const left = 16
const right = 90
const top = 76
const groupHeight = 28
const stepHeight = 34
const barHeight = 12

/** What each step took, as bars under its name: one group for each case. */
export function stepChart(row: Row, { cases }: Measured): string {
  const scale = scaleOf(cases.flatMap(({ steps }) => steps.map(({ ms }) => ms)))
  const length = width - left - right
  const content: Element[] = []
  let y = top
  for (const one of cases) {
    y += groupHeight
    content.push(
      label(left, y - 8, `${one.when}: ${formatFactor(factorOf(one))}`, { class: 'group' }),
    )
    for (const [i, step] of one.steps.entries()) {
      const barLength = Math.max(1, scale.at(step.ms) * length)
      content.push(
        label(left, y + 12, plain(step.label), { class: 'quiet' }),
        element('rect', {
          class: i === 0 ? 'before' : 'measured',
          x: left,
          y: y + 17,
          width: barLength,
          height: barHeight,
          rx: 2,
        }),
        label(left + barLength + 6, y + 27, formatDuration(step.ms)),
      )
      y += stepHeight
    }
  }
  const axis = axisOf(scale, { length, from: top, to: y })
  const kind = scale.isLogarithmic ? ', on a logarithmic axis' : ''
  return drawing(
    {
      width,
      height: y + 16,
      title: `${row.name}: ${plain(row.system)}`,
      description: cases.map(sentenceOf).join(' '),
    },
    [
      label(left, 26, plain(row.system), { class: 'title' }),
      label(left, 46, `Median time${kind}. The guide claims ${row.claim.text}.`, {
        class: 'quiet',
      }),
      ...axis,
      ...content,
    ],
  )
}

function axisOf(
  { ticks, at }: Scale,
  { length, from, to }: { length: number; from: number; to: number },
): Element[] {
  return ticks.flatMap((tick) => {
    const x = left + at(tick) * length
    return [
      element('line', { class: 'line', x1: x, x2: x, y1: from, y2: to }),
      label(x, from - 4, tick === 0 ? '0' : formatDuration(tick), {
        class: 'quiet',
        'text-anchor': x < left + 20 ? 'start' : 'middle',
      }),
    ]
  })
}

const sentenceOf = (one: Case): string =>
  `${one.when}: ${one.steps.map(({ label, ms }) => `${plain(label)} ${formatDuration(ms)}`).join(', ')}; ${formatFactor(factorOf(one))}.`

/** Without the marks of code in Markdown. */
const plain = (markdown: string): string => markdown.replaceAll('`', '')
