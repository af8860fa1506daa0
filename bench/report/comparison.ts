import { Figures } from './figures.js'
import { machineLine } from './machine-line.js'
import { formatTable, NOT_MEASURED } from './markdown.js'
import type { Result } from './result.js'

/** A library, by the names of its contestants. */
export interface Library {
  readonly name: string
  /** What it has where several processes share one Redis. */
  readonly tiers: 'both' | 'redis'
  /** With the serialisation of its memory tier off, where it has that switch. */
  readonly byReference?: string
}

export interface ComparisonColumn {
  readonly title: string
  readonly from: string
  readonly cell: (of: Figures, library: Library) => string
}

const LIBRARIES: readonly Library[] = [
  { name: 'strata', tiers: 'both' },
  { name: 'layered-loader', tiers: 'both' },
  { name: 'async-cache-dedupe', tiers: 'redis' },
  { name: 'cacheable', tiers: 'both', byReference: 'cacheable useClone: false' },
  { name: 'cache-manager', tiers: 'both', byReference: 'cache-manager serialize: off' },
  { name: 'cachified', tiers: 'redis' },
  { name: 'bentocache', tiers: 'both', byReference: 'bentocache serialize: false' },
]

/** Libraries beside each other, a row each, and what their figures were measured on. */
export function formatComparison(
  columns: readonly ComparisonColumn[],
  measured: (name: string) => Result | undefined,
): string {
  const cases = [...new Set(columns.map(({ from }) => from))]
  const results = new Map(cases.map((from) => [from, measured(from)]))
  const versions = [...results.values()].map((result) => result?.conditions.libraries ?? {})
  const rows = LIBRARIES.map((library) => {
    const cells = columns.map(({ from, cell }) => {
      const result = results.get(from)
      return result === undefined ? NOT_MEASURED : cell(new Figures(result), library)
    })
    const version = versions.map((each) => each[library.name]).find((each) => each !== undefined)
    const name = version === undefined ? library.name : `${library.name} ${version}`
    return [name].concat(cells)
  })
  return [
    ...formatTable(['', ...columns.map(({ title }) => title)], rows),
    '',
    ...cases.map((from) => {
      const conditions = results.get(from)?.conditions
      return `- \`npm run bench -- ${from}\`: ${conditions ? machineLine([conditions]) : NOT_MEASURED}`
    }),
  ].join('\n')
}
