import { align } from '../demo/cost-table.js'
import { formatDuration } from '../demo/quantile.js'
import type { Board } from './board.js'
import { type Name, names } from './contestant.js'
import { oldestOf } from './oldest.js'
import type { Settings } from './settings.js'
import type { Standing } from './standing.js'

const head = ['', 'reads', 'stale, own', 'oldest', 'stale, other', 'oldest', 'rows wrong']

/** The race so far: a table in place on a terminal, a line a second elsewhere. */
export function showSecond(board: Board, settings: Settings, standing: Standing): void {
  if (!board.isTerminal) return board.say(lineOf(standing))
  const { elapsed, writes } = standing
  board.show([
    '',
    `${elapsed.toFixed(0)} s of ${settings.seconds}, ${writes} writes. Stale reads after an acknowledged delete:`,
    ...align([head, ...names.map((name) => rowOf(standing, name))]),
    '',
    'own: this process had deleted itself. other: another had. rows wrong: at the last rest.',
  ])
}

function rowOf({ verdicts, wrongAtRest }: Standing, name: Name): string[] {
  const { reads, own, other } = verdicts[name]
  return [
    name,
    String(reads),
    String(own.length),
    formatDuration(oldestOf(own)),
    String(other.length),
    formatDuration(oldestOf(other)),
    String(wrongAtRest[name].at(-1) ?? '-'),
  ]
}

function lineOf(standing: Standing): string {
  const parts = names.map((name) => {
    const [, reads, own, oldestOwn, other, oldestOther, wrong] = rowOf(standing, name)
    return `${name}: ${reads} reads, stale own ${own} (${oldestOwn}) other ${other} (${oldestOther}), wrong ${wrong}`
  })
  return `${standing.elapsed.toFixed(0).padStart(4)} s  ${parts.join(' | ')}`
}
