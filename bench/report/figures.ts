import { formatValue } from './cells.js'
import { formatNumber } from './numbers.js'
import type { Result, ResultRow } from './result.js'

/** Figures of one result for the words of a summary. A name that the result does not have throws: no figure is left out. */
export class Figures {
  readonly #result: Result

  constructor(result: Result) {
    this.#result = result
  }

  /** The unit stands after a number, and not after what was said instead of one. */
  value(contestant: string, key: string, digits?: number, unit = ''): string {
    const row = this.#row(contestant)
    const isNumber = typeof row.values[key] === 'number'
    return `${this.#format(row, key, digits)}${isNumber ? unit : ''}`
  }

  ratio(contestant: string, key: string, against: string): string {
    const row = this.#row(contestant)
    if (row.error !== undefined) return FAILED
    const ratio = row.ratios[key]?.[against]
    if (ratio === undefined)
      throw new Error(`${this.#result.name}: no ratio of ${key} to ${against}`)
    return formatNumber(ratio, 2)
  }

  /** Of several: the least and the most, `60 to 400`. What was said instead of a number counts as more than any. */
  range(contestants: readonly string[], key: string, digits?: number, unit = ''): string {
    const rows = this.measured(contestants).map((name) => this.#row(name))
    const size = (row: ResultRow): number => {
      const value = row.values[key]
      return typeof value === 'number' ? value : Number.POSITIVE_INFINITY
    }
    const sorted = rows
      .sort((a, b) => size(a) - size(b))
      .map(({ name }) => this.value(name, key, digits, unit))
    const [least = FAILED, most = least] = [sorted[0], sorted.at(-1)]
    return least === most ? least : `${least} to ${most}`
  }

  /** Those of them that did not fail. */
  measured(contestants: readonly string[]): readonly string[] {
    return contestants.filter((name) => this.#row(name).error === undefined)
  }

  /** All that are not Strata. */
  get others(): readonly string[] {
    return this.#result.rows.map(({ name }) => name).filter((name) => !name.startsWith('strata'))
  }

  #row(contestant: string): ResultRow {
    const row = this.#result.rows.find(({ name }) => name === contestant)
    if (row === undefined) throw new Error(`${this.#result.name}: no contestant ${contestant}`)
    return row
  }

  #format(row: ResultRow, key: string, digits?: number): string {
    if (row.error !== undefined) return FAILED
    const column = this.#result.columns.find((column) => column.key === key)
    if (column === undefined) throw new Error(`${this.#result.name}: no column ${key}`)
    const value = row.values[key] ?? null
    return formatValue(value, digits === undefined ? column : { digits })
  }
}

const FAILED = 'failed'
