import { cellsOf, formatVerdict, headersOf } from './cells.js'
import { fullMachineLine } from './machine-line.js'
import type { Result } from './result.js'

/** A result for a terminal: one row a contestant, then the bars. */
export function formatText(result: Result): string {
  const { name, title, about, conditions, rows, bars } = result
  return [
    `## ${name}: ${title}`,
    about,
    fullMachineLine(conditions),
    '',
    ...align([
      { name: '', cells: headersOf(result) },
      ...rows.map((row) => ({ name: row.name, cells: cellsOf(result, row), error: row.error })),
    ]),
    ...bars.map((bar) => `  ${formatVerdict(bar, conditions.rounds)}`),
    '',
  ].join('\n')
}

interface Line {
  readonly name: string
  readonly cells: readonly string[]
  /** Of a contestant that failed: stands beside its name. */
  readonly error?: string | undefined
}

/** Names to the left, cells to the right. */
function align(lines: readonly Line[]): string[] {
  const full = lines.filter(({ error }) => error === undefined)
  const names = Math.max(...lines.map(({ name }) => name.length))
  const widthOf = (index: number): number =>
    Math.max(...full.map(({ cells }) => cells[index]?.length ?? 0))
  return lines.map(({ name, cells, error }) => {
    const shown = error === undefined ? cells.map((cell, i) => cell.padStart(widthOf(i))) : [error]
    return [name.padEnd(names), ...shown].join('  ')
  })
}
