import { cellsOf, formatVerdict, headersOf } from './cells.js'
import { fullMachineLine } from './machine-line.js'
import type { Result } from './result.js'

export const NOT_MEASURED = 'not measured on this version'

/** A result for a document: what was measured and how, all rows, the bars. */
export function formatMarkdown(result: Result): string {
  const { title, about, conditions, rows, bars } = result
  const headers = headersOf(result)
  return [
    `**${upperFirst(title)}.** ${about}`,
    '',
    ...formatTable(
      ['', ...headers],
      rows.map((row) => {
        const { name, error } = row
        return error === undefined
          ? [name].concat(cellsOf(result, row))
          : [name, error].concat(headers.slice(1).map(() => ''))
      }),
      headers.length,
    ),
    '',
    ...bars.map((bar) => `- ${formatVerdict(bar, conditions.rounds)}`),
    ...(bars.length > 0 ? [''] : []),
    `\`${conditions.command}\`: ${fullMachineLine(conditions)}.`,
  ].join('\n')
}

/** The last `numeric` columns to the right. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly string[])[],
  numeric = 0,
): string[] {
  const rule = headers.map((_, index) => (headers.length - index <= numeric ? '---:' : '---'))
  return [headers, rule, ...rows].map((cells) => `| ${cells.map(escaped).join(' | ')} |`)
}

function escaped(cell: string): string {
  return cell.replaceAll('|', String.raw`\|`).replaceAll('\n', ' ')
}

function upperFirst(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`
}
