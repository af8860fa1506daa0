import { align } from '../demo/cost-table.js'
import { formatDuration, medianOf } from '../demo/quantile.js'
import { type Name, names } from './contestant.js'
import { course } from './course.js'
import { oldestOf } from './oldest.js'
import type { Standing } from './standing.js'

/** The default of Strata's `coherence.maxStaleness`. */
const maxStaleness = 2_000

/** What was measured, and how it compares with what Strata promises. */
export function summaryOf(standing: Standing): string {
  const { elapsed, writes } = standing
  const head = ['', 'reads', 'stale, own', 'median', 'oldest', 'stale, other', 'median', 'oldest']
  return [
    `${elapsed.toFixed(0)} s, ${course.processes} processes, ${course.rows} rows, ${writes} writes, ttl ${course.ttl / 1000} s`,
    '',
    ...align([[...head, 'rows wrong at rest'], ...names.map((name) => rowOf(standing, name))]),
    '',
    'stale: a newer version had been acknowledged before the read began; its age: how long before.',
    'own: by a delete of the same process. other: by deletes of other processes only.',
    ...names.flatMap((name) => unacknowledgedOf(standing, name)),
    '',
    ...promisesOf(standing),
  ].join('\n')
}

function rowOf({ verdicts, wrongAtRest }: Standing, name: Name): string[] {
  const { reads, own, other } = verdicts[name]
  const cellsOf = (ages: readonly number[]) => [
    String(ages.length),
    formatDuration(medianOf(ages)),
    formatDuration(oldestOf(ages)),
  ]
  return [name, String(reads), ...cellsOf(own), ...cellsOf(other), wrongAtRest[name].join(' ')]
}

function unacknowledgedOf({ verdicts }: Standing, name: Name): string[] {
  const { unacknowledged } = verdicts[name]
  return unacknowledged === 0
    ? []
    : [
        `${name}: ${unacknowledged} deletes were not acknowledged (queued); nothing is judged by them.`,
      ]
}

function promisesOf({ verdicts, wrongAtRest }: Standing): string[] {
  const { own, other } = verdicts.Strata
  const wrong = Math.max(...wrongAtRest.Strata)
  const oldest = oldestOf([0, ...other])
  return align([
    ['Strata promises', 'measured', ''],
    ['own process: no stale read', `${own.length}`, word(own.length === 0)],
    [
      `other processes: never older than maxStaleness, ${formatDuration(maxStaleness)}`,
      other.length === 0 ? 'none stale' : `oldest ${formatDuration(oldest)}`,
      word(oldest <= maxStaleness),
    ],
    ['at rest: no row wrong', `${wrong}`, word(wrong === 0)],
  ])
}

const word = (isKept: boolean) => (isKept ? 'kept' : 'NOT KEPT')
