import type { Bar, Case, Column, Sample } from './case.js'
import type { Row } from './conduct.js'
import { median } from './measure.js'

/** The results of a case as text: one row a contestant, medians over the rounds, then the bars. */
export function formatResults(benchmark: Case, rows: readonly Row[]): string {
  const header = ['', ...benchmark.columns.flatMap(headerCells)]
  const body = rows.map((row) =>
    row.error === undefined ? [row.name, ...cellsOf(benchmark, rows, row)] : row,
  )
  const bars = (benchmark.bars ?? []).map((bar) => formatBar(benchmark, rows, bar))
  return [
    `## ${benchmark.name}: ${benchmark.title}`,
    benchmark.about,
    '',
    ...align([header, ...body]),
    ...bars,
    '',
  ].join('\n')
}

function headerCells(column: Column): string[] {
  const { title, against = [], as } = column
  return [title, ...against.map((name) => (as === 'cost' ? `x ${name}` : `of ${name}`))]
}

function cellsOf(benchmark: Case, rows: readonly Row[], row: Row): string[] {
  return benchmark.columns.flatMap((column) => {
    const ratios = (column.against ?? []).map((name) =>
      formatNumber(ratioOf(rows, row, column, name), 2),
    )
    return [formatValue(row.samples, column), ...ratios]
  })
}

function formatValue(samples: readonly Sample[], column: Column): string {
  const text = samples
    .map((sample) => sample[column.key])
    .find((value) => typeof value === 'string')
  return text ?? formatNumber(median(numbersOf(samples, column.key)), column.digits ?? 0)
}

function numbersOf(samples: readonly Sample[], key: string): number[] {
  return samples.map((sample) => sample[key]).filter((value) => typeof value === 'number')
}

/** The median over the rounds of the ratio within a round: what slows a whole round cancels out. */
function ratioOf(rows: readonly Row[], row: Row, column: Column, against: string): number {
  const base = rows.find(({ name }) => name === against)
  const theirs = numbersOf(base?.samples ?? [], column.key)
  const own = numbersOf(row.samples, column.key)
  return median(
    own.slice(0, theirs.length).map((value, round) => {
      const baseline = theirs[round] ?? Number.NaN
      return column.as === 'speed' ? baseline / value : value / baseline
    }),
  )
}

/** More is better for a speed and a rate, less for a cost and a difference. */
function formatBar(benchmark: Case, rows: readonly Row[], bar: Bar): string {
  const column = benchmark.columns.find(({ key }) => key === bar.column)
  const row = rows.find(({ name }) => name === bar.contestant)
  if (column === undefined || row === undefined)
    return `  ${bar.contestant}, ${bar.what}: not measured`
  const less = bar.difference === true || column.as === 'cost' || bar.against === undefined
  const value = valueOf(rows, row, column, bar)
  const verdict = (asked: number): string =>
    Number.isNaN(value)
      ? 'not measured'
      : (less ? value <= asked : value >= asked)
        ? 'met'
        : 'MISSED'
  const aim = bar.aim === undefined ? '' : `, aim ${bar.aim}: ${verdict(bar.aim)}`
  return `  ${bar.contestant}, ${bar.what}: ${formatNumber(value, 2)} (floor ${bar.floor}: ${verdict(bar.floor)}${aim})`
}

function valueOf(rows: readonly Row[], row: Row, column: Column, bar: Bar): number {
  if (bar.against === undefined) return median(numbersOf(row.samples, column.key))
  if (bar.difference === true) return differenceOf(rows, row, bar)
  return ratioOf(rows, row, column, bar.against)
}

function differenceOf(rows: readonly Row[], row: Row, { column, against }: Bar): number {
  const base = rows.find(({ name }) => name === against)
  return median(numbersOf(row.samples, column)) - median(numbersOf(base?.samples ?? [], column))
}

function formatNumber(value: number, digits: number): string {
  if (Number.isNaN(value)) return '-'
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** The first cell to the left, the others to the right; the error of a contestant that failed stands beside its name. */
function align(lines: readonly (readonly string[] | Row)[]): string[] {
  const full = lines.filter((line): line is readonly string[] => Array.isArray(line))
  const widthOf = (index: number): number =>
    Math.max(...full.map((line) => line[index]?.length ?? 0))
  const names = Math.max(...lines.map((line) => nameOf(line).length))
  return lines.map((line) => {
    const name = nameOf(line).padEnd(names)
    if ('error' in line) return `${name}  ${line.error}`
    const cells = (line as readonly string[]).slice(1)
    return [name, ...cells.map((cell, index) => cell.padStart(widthOf(index + 1)))].join('  ')
  })
}

function nameOf(line: readonly string[] | Row): string {
  return 'name' in line ? line.name : (line[0] ?? '')
}
