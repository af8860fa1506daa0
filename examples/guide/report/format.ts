import { formatDuration } from '../../demo/quantile.js'
import { formatFactor, readingOf } from '../reading.js'
import { factorOf, isMeasured, type Result, type Row } from '../row.js'

/** A row and what came of it. */
export interface Outcome {
  readonly row: Row
  readonly result: Result
}

/** Lines for a terminal. */
export function linesOf({ row, result }: Outcome): string[] {
  const lines = [`${row.name}  (${row.claim.text})  ${row.system}`]
  for (const one of isMeasured(result) ? result.cases : []) {
    lines.push(`  ${one.when}: ${formatFactor(factorOf(one))}`)
    for (const { label, ms, detail } of one.steps)
      lines.push(`    ${formatDuration(ms).padStart(9)}  ${label}${detail ? ` (${detail})` : ''}`)
  }
  lines.push(`  ${readingOf(row.claim, result)}`)
  return lines
}
