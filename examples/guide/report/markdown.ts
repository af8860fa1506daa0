import { formatDuration } from '../../demo/quantile.js'
import { formatFactor, readingOf, verdictOf } from '../reading.js'
import { type Case, factorOf, isMeasured, type Measured } from '../row.js'
import type { Outcome } from './outcome.js'

export interface Report {
  readonly outcomes: readonly Outcome[]
  readonly machine: string
  /** How it was started. */
  readonly command: string
  readonly date: string
  /** What was measured, such as the sizes of the tables, in sentences. */
  readonly setUp: readonly string[]
  /** The folder of the charts, as the report links to it. */
  readonly charts: string
}

/** The whole page. */
export function markdownOf(report: Report): string {
  const { outcomes, machine, command, date, setUp, charts } = report
  return `${[
    '# The guide, measured',
    `Strata grew out of a performance guide for web services whose lesson is that caching and the database matter far more than the framework. The guide makes its claims with numbers. Here each of them is put to the test in TypeScript, on a real database and a real Redis, all in one run. The run writes this page; no number and no verdict on it is written by hand.`,
    `\`\`\`sh\n${command}\n\`\`\``,
    `${machine}, ${date}.`,
    summaryOf(outcomes),
    `![What the guide claims and what was measured, row by row](${charts}/claims.svg)`,
    tableOf(outcomes),
    '## How it is measured',
    [...setUp, ...method].map((sentence) => `- ${sentence}`).join('\n'),
    ...outcomes.map((outcome) => sectionOf(outcome, charts)),
  ].join('\n\n')}\n`
}

const method = [
  'The ways that are compared take turns, each round in the other direction, after two rounds that do not count. Times are medians of the rounds. What the ways return is compared in every round, and a difference ends the run; not in `layers`, whose keys are drawn at random, nor in the rows of the application (`profile`, `dashboard`, `native`, `whole-path`), which another process asks over HTTP.',
  'A claim holds where at least nine tenths of its gain were measured, 1.09x of "1.1x". Its least number counts: 6 of "6-11x". Before and after in the table are those of the first set of circumstances; the reading names all.',
  'With a PostgreSQL, `over a network of 1 ms` is the same server behind a proxy in a thread of its own that hands on each answer 1 ms later: on loopback a round trip costs almost nothing, and in production it does not.',
]

function summaryOf(outcomes: readonly Outcome[]): string {
  const count = (verdict: string) =>
    outcomes.filter(({ row, result }) => verdictOf(row.claim, result) === verdict).length
  const parts = [
    `${count('holds')} hold in all circumstances that were measured`,
    `${count('holds only')} in some of them`,
    `${count('does not hold')} in none`,
  ]
  const left = count('not measured')
  return `Of ${outcomes.length} claims ${parts.join(', ')}${left > 0 ? `, and ${left} could not be measured here` : ''}.`
}

function tableOf(outcomes: readonly Outcome[]): string {
  const head = ['row', 'the guide', 'claim', 'what is run', 'before', 'after', 'factor', 'reading']
  const lines = outcomes.map(({ row, result }) => {
    const [first] = isMeasured(result) ? result.cases : []
    return [
      `[\`${row.name}\`](#${row.name})`,
      row.system,
      row.claim.text,
      row.ran,
      first ? formatDuration(first.steps[0].ms) : '-',
      first ? formatDuration(first.steps.at(-1)?.ms ?? Number.NaN) : '-',
      first ? formatFactor(factorOf(first)) : '-',
      readingOf(row.claim, result),
    ]
  })
  return tableLines([head, head.map(() => '---'), ...lines])
}

function sectionOf({ row, result }: Outcome, charts: string): string {
  const intro = `## ${row.name}\n\n${row.system}. The guide claims ${row.claim.text}. Here: ${row.ran}.`
  const reading = `Reading: ${readingOf(row.claim, result)}.`
  if (!isMeasured(result)) return `${intro}\n\n${reading}`
  return [
    intro,
    reading,
    `![What each step of ${row.name} took](${charts}/${row.name}.svg)`,
    stepsOf(result),
    ...(result.notes?.length ? [result.notes.map((note) => `- ${note}`).join('\n')] : []),
    ...(result.plans?.length ? [plansOf(result.plans)] : []),
  ].join('\n\n')
}

function stepsOf({ cases }: Measured): string {
  const hasDetails = cases.some(({ steps }) => steps.some(({ detail }) => detail))
  const cellsOf = (one: Case) =>
    one.steps.map(({ label, ms, detail }, i) => [
      i === 0 ? one.when : '',
      label,
      formatDuration(ms),
      i === 0 ? '' : formatFactor(one.steps[0].ms / ms),
      ...(hasDetails ? [detail ?? ''] : []),
    ])
  const head = ['circumstances', 'way', 'median', 'factor', ...(hasDetails ? ['counted'] : [])]
  return tableLines([head, head.map(() => '---'), ...cases.flatMap(cellsOf)])
}

function plansOf(plans: NonNullable<Measured['plans']>): string {
  const blocks = plans.map(({ title, text }) => `\`\`\`\n${title}\n\n${text}\n\`\`\``)
  return `<details>\n<summary>The plans of the database</summary>\n\n${blocks.join('\n\n')}\n\n</details>`
}

const tableLines = (lines: readonly (readonly string[])[]): string =>
  lines
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`)
    .join('\n')
