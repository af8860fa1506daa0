import { readFileSync } from 'node:fs'

/** A row of a table: its cells as written. */
export type Row = readonly string[]

export function readDoc(name: string): string {
  return readFileSync(new URL(`../../../docs/${name}`, import.meta.url), 'utf8')
}

/** The rows of the table whose header begins with this cell. */
export function rowsUnder(text: string, header: string): readonly Row[] {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.startsWith(`| ${header} |`))
  if (start === -1) throw new Error(`no table '${header}'`)
  const end = lines.findIndex((line, i) => i > start && !line.startsWith('|'))
  return lines.slice(start + 2, end === -1 ? undefined : end).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
}

/** What stands between backticks. */
export function codes(cell: string): string[] {
  return [...cell.matchAll(/`([^`]*)`/g)].map((match) => match[1] ?? '')
}

/** The value of a JavaScript literal: a number, a string in single quotes, true or false. */
export function literal(code: string): string | number | boolean {
  if (code === 'true' || code === 'false') return code === 'true'
  const text = /^'(.*)'$/.exec(code)?.[1]
  if (text !== undefined) return text
  if (/^[\d_.]+$/.test(code)) return Number(code.replaceAll('_', ''))
  throw new Error(`no literal: ${code}`)
}
