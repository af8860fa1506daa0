import { Figures } from './figures.js'
import { machineLine } from './machine-line.js'
import { formatTable, NOT_MEASURED } from './markdown.js'
import type { Result } from './result.js'

/** A library, by the names of its contestants. */
interface Library {
  readonly name: string
  /** With the serialisation of its memory tier off, where it has that switch. */
  readonly byReference?: string
}

const LIBRARIES: readonly Library[] = [
  { name: 'strata' },
  { name: 'layered-loader' },
  { name: 'async-cache-dedupe' },
  { name: 'cacheable', byReference: 'cacheable useClone: false' },
  { name: 'cache-manager', byReference: 'cache-manager serialize: off' },
  { name: 'cachified' },
  { name: 'bentocache', byReference: 'bentocache serialize: false' },
]

interface Column {
  readonly title: string
  readonly from: string
  readonly cell: (of: Figures, library: Library) => string
}

const COLUMNS: readonly Column[] = [
  {
    title: 'speed in memory',
    from: 'l1-hit',
    cell: (of, { name, byReference }) =>
      [name, byReference]
        .filter((contestant) => contestant !== undefined)
        .map((contestant, index) => {
          const ratio = of.ratio(contestant, 'ns', 'lru-cache')
          return index === 0 ? ratio : `(${ratio})`
        })
        .join(' '),
  },
  {
    title: 'hits/s in Redis, 256 at once',
    from: 'l2-hit',
    cell: (of, { name }) => of.ratio(name, 'rate256', 'auto-pipelined GET'),
  },
  {
    title: 'Redis frozen, cold key',
    from: 'outage',
    cell: (of, { name }) => of.value(name, 'frozen', 0, ' ms'),
  },
  {
    title: 'its Redis client told to give up after 100 ms',
    from: 'outage',
    // Strata's does so by itself
    cell: (of, { name }) =>
      name === 'strata' ? '' : of.value(`${name}, client 100 ms`, 'frozen', 0, ' ms'),
  },
]

/** Libraries beside each other, a row each, and what their figures were measured on. */
export function formatComparison(measured: (name: string) => Result | undefined): string {
  const results = new Set(COLUMNS.map(({ from }) => measured(from)))
  const versions = [...results].map((result) => result?.conditions.libraries ?? {})
  const rows = LIBRARIES.map((library) => {
    const cells = COLUMNS.map(({ from, cell }) => {
      const result = measured(from)
      return result === undefined ? NOT_MEASURED : cell(new Figures(result), library)
    })
    const version = versions.map((each) => each[library.name]).find((each) => each !== undefined)
    const name = version === undefined ? library.name : `${library.name} ${version}`
    return [name].concat(cells)
  })
  return [
    ...formatTable(['', ...COLUMNS.map(({ title }) => title)], rows),
    '',
    ...[...new Set(COLUMNS.map(({ from }) => from))].map((from) => {
      const conditions = measured(from)?.conditions
      return `- \`npm run bench -- ${from}\`: ${conditions ? machineLine([conditions]) : NOT_MEASURED}`
    }),
  ].join('\n')
}
