import type { Column } from '../case.js'
import { formatNumber } from './numbers.js'
import type { Result, ResultRow, Value, Verdict } from './result.js'

/** What stands over the columns of a table: for each its title, then those that it is compared with. */
export function headersOf({ columns }: Result): string[] {
  return columns.flatMap(({ title, against = [], as }) => [
    title,
    ...against.map((name) => (as === 'cost' ? `x ${name}` : `of ${name}`)),
  ])
}

/** The values of a contestant, in the order of the headers. */
export function cellsOf({ columns }: Result, row: ResultRow): string[] {
  return columns.flatMap((column) => [
    formatValue(row.values[column.key] ?? null, column),
    ...(column.against ?? []).map((name) =>
      formatNumber(row.ratios[column.key]?.[name] ?? null, 2),
    ),
  ])
}

export function formatValue(value: Value, { digits = 0 }: Pick<Column, 'digits'>): string {
  return typeof value === 'string' ? value : formatNumber(value, digits)
}

/** A bar in a line, with what came of it. */
export function formatVerdict(verdict: Verdict, rounds: number): string {
  const { contestant, what, value, low, high, floor, isFloorMet, aim, isAimMet } = verdict
  const said = (isMet: boolean | undefined): string => (isMet === true ? 'met' : 'MISSED')
  if (value === null) return `${contestant}, ${what}: not measured`
  const spread = rounds > 1 ? `, half of the rounds ${format(low)} to ${format(high)}` : ''
  const aimed = aim === undefined ? '' : `, aim ${aim}: ${said(isAimMet)}`
  return `${contestant}, ${what}: ${format(value)}${spread} (floor ${floor}: ${said(isFloorMet)}${aimed})`
}

function format(value: number | null): string {
  return formatNumber(value, 2)
}
