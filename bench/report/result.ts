import type { Bar, Case, Column, Sample } from '../case.js'
import type { Row } from '../conduct.js'
import { median, quantile } from '../measure.js'
import type { Conditions } from './conditions.js'

/** What a run of a case found, as it is kept in `bench/results`: everything that a table of it needs. */
export interface Result {
  readonly name: string
  readonly title: string
  readonly about: string
  readonly conditions: Conditions
  readonly columns: readonly Column[]
  readonly rows: readonly ResultRow[]
  readonly bars: readonly Verdict[]
}

/** A number, or what was said instead of one; null: nothing was measured. */
export type Value = number | string | null

export interface ResultRow {
  readonly name: string
  /** Why it has no values. */
  readonly error?: string
  /** By column: the median over the rounds. */
  readonly values: Readonly<Record<string, Value>>
  /** By column, then by the contestant that it is compared with: the median over the rounds of the ratio within a round. */
  readonly ratios: Readonly<Record<string, Readonly<Record<string, number | null>>>>
}

/** What came of a bar. */
export interface Verdict {
  readonly contestant: string
  readonly what: string
  readonly value: number | null
  /** Quartiles over the rounds: half of them are between. */
  readonly low: number | null
  readonly high: number | null
  readonly floor: number
  readonly isFloorMet: boolean
  readonly aim?: number
  readonly isAimMet?: boolean
}

export function resultOf(benchmark: Case, rows: readonly Row[], conditions: Conditions): Result {
  const { name, title, about, columns, bars = [] } = benchmark
  return {
    name,
    title,
    about,
    conditions,
    columns,
    rows: rows.map((row) => rowOf(columns, rows, row)),
    bars: bars.map((bar) => verdictOf(columns, rows, bar)),
  }
}

function rowOf(columns: readonly Column[], rows: readonly Row[], row: Row): ResultRow {
  if (row.error !== undefined) return { name: row.name, error: row.error, values: {}, ratios: {} }
  const ratiosOf = (column: Column): [string, number | null][] =>
    (column.against ?? []).map((name) => [
      name,
      rounded(median(ratios(column, row, named(rows, name)))),
    ])
  const compared = columns.filter(({ against = [] }) => against.length > 0)
  return {
    name: row.name,
    values: Object.fromEntries(columns.map(({ key }) => [key, valueOf(row.samples, key)])),
    ratios: Object.fromEntries(
      compared.map((column) => [column.key, Object.fromEntries(ratiosOf(column))]),
    ),
  }
}

/** Rounds that say different things are told apart: one `old` among the `new` is not to be lost. */
function valueOf(samples: readonly Sample[], key: string): Value {
  const said = samples.map((sample) => sample[key]).filter((value) => typeof value === 'string')
  return said.length > 0
    ? [...new Set(said)].join(' or ')
    : rounded(median(numbersOf(samples, key)))
}

/** More is better for a speed and a rate, less for a cost, a difference and a value by itself. */
function verdictOf(columns: readonly Column[], rows: readonly Row[], bar: Bar): Verdict {
  const { contestant, what, floor, aim } = bar
  const column = columns.find(({ key }) => key === bar.column)
  if (column === undefined)
    throw new Error(`a bar is on a column ${bar.column}, which is not there`)
  const found = barRounds(column, rows, bar)
  const value = rounded(median(found))
  const isLess = bar.difference === true || column.as === 'cost' || bar.against === undefined
  const isMet = (asked: number): boolean =>
    value !== null && (isLess ? value <= asked : value >= asked)
  return {
    contestant,
    what,
    value,
    low: rounded(quantile(found, 0.25)),
    high: rounded(quantile(found, 0.75)),
    floor,
    isFloorMet: isMet(floor),
    ...(aim === undefined ? {} : { aim, isAimMet: isMet(aim) }),
  }
}

/** What a bar is on, of each round. */
function barRounds(column: Column, rows: readonly Row[], bar: Bar): number[] {
  const row = named(rows, bar.contestant)
  if (bar.against === undefined) return numbersOf(row?.samples ?? [], bar.column)
  const base = named(rows, bar.against)
  if (bar.difference === true) return inPairs(bar.column, row, base, (own, theirs) => own - theirs)
  return ratios(column, row, base)
}

/** Within a round: what slows a whole round cancels out. */
function ratios(column: Column, row: Row | undefined, base: Row | undefined): number[] {
  return inPairs(column.key, row, base, (own, theirs) =>
    column.as === 'speed' ? theirs / own : own / theirs,
  )
}

function inPairs(
  key: string,
  row: Row | undefined,
  base: Row | undefined,
  compare: (own: number, theirs: number) => number,
): number[] {
  return (row?.samples ?? []).flatMap((sample, round) => {
    const [own, theirs] = [sample[key], base?.samples[round]?.[key]]
    return typeof own === 'number' && typeof theirs === 'number' ? [compare(own, theirs)] : []
  })
}

/** A contestant that failed has none that count, though some of its rounds were measured. */
function named(rows: readonly Row[], name: string): Row | undefined {
  return rows.find((row) => row.name === name && row.error === undefined)
}

function numbersOf(samples: readonly Sample[], key: string): number[] {
  return samples.map((sample) => sample[key]).filter((value) => typeof value === 'number')
}

/** Six digits, more than any measurement is good for. JSON has no NaN. */
function rounded(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(6)) : null
}
