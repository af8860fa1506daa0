import { Figures } from './figures.js'
import { machineLine } from './machine-line.js'
import { formatTable, NOT_MEASURED } from './markdown.js'
import type { Result } from './result.js'

/** A line of a summary: figures of one case, in words. */
export interface SummaryRow {
  readonly what: string
  /** The case that they come from. */
  readonly from: string
  readonly strata: (figures: Figures) => string
  readonly against: (figures: Figures) => string
}

type Measured = (name: string) => Result | undefined

/** A table for each machine that results were measured on, and one of what was not measured. */
export function formatSummary(rows: readonly SummaryRow[], measured: Measured): string {
  const machines = rows.flatMap(({ from }) => measured(from)?.conditions.machine ?? [])
  const tables = [...new Set(machines), undefined].flatMap((machine) => {
    const these = rows.filter(({ from }) => measured(from)?.conditions.machine === machine)
    if (these.length === 0) return []
    const conditions = these.flatMap(({ from }) => measured(from)?.conditions ?? [])
    const line = machine === undefined ? 'Not yet measured:' : `${machineLine(conditions)}:`
    return [line, '', ...tableOf(these, measured)].join('\n')
  })
  return tables.join('\n\n')
}

function tableOf(rows: readonly SummaryRow[], measured: Measured): string[] {
  return formatTable(
    ['', 'Strata', 'measured against', 'command'],
    rows.map(({ what, from, strata, against }) => {
      const result = measured(from)
      const figures = result && new Figures(result)
      const cells = figures ? [strata(figures), against(figures)] : [NOT_MEASURED, '']
      return [what].concat(cells, `\`npm run bench -- ${from}\``)
    }),
  )
}
