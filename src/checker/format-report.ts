import type { AgeCount, StaleRead } from './judgement.js'
import type { CheckReport } from './report.js'

/** As text: a column for each report, then what broke the contract, with examples. */
export function formatReport(...reports: readonly CheckReport[]): string {
  const parts = [formatTable(reports), ...reports.map(formatVerdict)]
  return `${parts.join('\n\n')}\n`
}

type Row = readonly [label: string, cell: (report: CheckReport) => string | number]

const ROWS: readonly Row[] = [
  ['seed', ({ seed }) => `${seed}`],
  ['processes', ({ processes }) => processes],
  ['may be stale for', ({ maxStaleness }) => (maxStaleness === 0 ? 'never' : `${maxStaleness} ms`)],
  ['reads', ({ judgement }) => judgement.reads],
  ['  that failed', ({ judgement }) => judgement.failedReads],
  ['  that ran the loader', ({ loads }) => loads],
  ['writes acknowledged', ({ judgement }) => judgement.writes.applied],
  ['  queued', ({ judgement }) => judgement.writes.queued],
  ['  failed', ({ judgement }) => judgement.writes.failed],
  ['  without an answer', ({ judgement }) => judgement.writes.unknown],
  ['processes killed', ({ killed }) => killed],
  ['stale reads', ({ judgement }) => judgement.stale],
  ['  in the invalidating process', ({ judgement }) => judgement.staleInOwnProcess],
]

const LAST_ROWS: readonly Row[] = [
  ['  oldest', ({ judgement }) => formatMs(judgement.oldest)],
  ['undecided reads', ({ judgement }) => judgement.undecided],
  ['foreign values', ({ judgement }) => judgement.foreign],
  ['reads at rest', ({ judgement }) => judgement.rest.reads],
  ['  that were wrong', ({ judgement }) => judgement.rest.stale],
  ['longest pause of a process', ({ longestPause }) => formatMs(longestPause)],
  ['contract', ({ violations }) => (violations.length === 0 ? 'kept' : 'BROKEN')],
]

function formatTable(reports: readonly CheckReport[]): string {
  const bounds = reports.flatMap(({ judgement }) => judgement.ages.map(({ upTo }) => upTo))
  const ages = [...new Set(bounds)].sort((a, b) => a - b)
  const rows = [...ROWS, ...ages.map(ageRow), ...LAST_ROWS]
  const lines = [
    [''].concat(reports.map(({ name }) => name)),
    ...rows.map(([label, cell]) => [label].concat(reports.map((report) => text(cell(report))))),
  ]
  const widths = lines[0]?.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? '').length)),
  )
  return lines.map((line) => formatLine(line, widths ?? [])).join('\n')
}

function ageRow(upTo: number): Row {
  const label = Number.isFinite(upTo) ? `  aged up to ${upTo} ms` : '  older'
  return [label, ({ judgement }) => countOf(judgement.ages, upTo)]
}

function countOf(ages: readonly AgeCount[], upTo: number): number | string {
  return ages.find((row) => row.upTo === upTo)?.count ?? ''
}

function text(cell: string | number): string {
  return typeof cell === 'number' ? cell.toLocaleString('en-US') : cell
}

function formatLine(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) =>
      column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart(widths[column] ?? 0),
    )
    .join('  ')
    .trimEnd()
}

function formatVerdict({ name, seed, violations, judgement }: CheckReport): string {
  if (violations.length === 0) return `${name} kept its contract.`
  const { examples } = judgement
  const shown: Readonly<Record<string, readonly StaleRead[]>> = {
    stale: examples.stale,
    'own-process': examples.staleInOwnProcess,
    beyond: examples.staleBeyond,
    'at-rest': examples.staleAtRest,
  }
  const lines = violations.flatMap(({ rule, message }) => [
    `- ${message}`,
    ...(shown[rule] ?? []).map((stale) => `    ${formatStale(stale)}`),
    ...(rule === 'foreign'
      ? examples.foreign.map(
          ({ process, key, result }) => `    process ${process} read ${key}: ${result}`,
        )
      : []),
  ])
  return [`${name} broke its contract (seed ${seed}):`, ...lines].join('\n')
}

function formatStale({ read, acknowledged, age }: StaleRead): string {
  const from = read.source === undefined ? '' : ` from ${read.source}`
  const { process, version, kind } = acknowledged
  return (
    `process ${read.process} read version ${read.result} of ${read.key}${from}, ` +
    `${formatMs(age)} after process ${process} had acknowledged version ${version} (${kind})`
  )
}

function formatMs(ms: number): string {
  return `${ms.toFixed(1)} ms`
}
