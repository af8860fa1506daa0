import { formatDuration } from '../../demo/quantile.js'
import { formatFactor, readingOf } from '../reading.js'
import { factorOf, isMeasured } from '../row.js'
import type { Outcome } from './outcome.js'

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
