import { formatRate } from '../app/load-text.js'
import { allOff, only, type SwitchName } from '../app/switches.js'
import { atOnce, type Trial, Trials } from '../app/trial.js'
import { inTurn, type Report } from '../in-turn.js'
import type { Link } from '../network/link.js'
import { formatFactor } from '../reading.js'
import type { Case, Row, Step } from '../row.js'

/** What a switch is part of. */
const areas: Readonly<Record<SwitchName, 'database' | 'computation' | 'caching' | 'routing'>> = {
  index: 'database',
  limit: 'database',
  columns: 'database',
  pool: 'database',
  batch: 'database',
  memo: 'computation',
  l2: 'caching',
  l1: 'caching',
  route: 'caching',
  native: 'routing',
}

/** The application of app/ with its switches turned on one after the other. */
export const wholePath: Row = {
  name: 'whole-path',
  system: 'The whole path: most of it is database and caching',
  claim: { text: '40x', factor: 40 },
  ran: 'GET /users/:id/dashboard, one request at a time, with one optimisation more at each step; each step tells its own factor',
  async run(parts, report) {
    await using trials = await Trials.open(parts)
    const notes: string[] = []
    const cases = await inTurn(report, parts.links, async (link, report): Promise<Case> => {
      const { steps, note } = await pathOf(trials, link, report)
      notes.push(note)
      return { when: link.when, steps: steps as unknown as Case['steps'] }
    })
    notes.push(
      'What a step brings depends on those before it: with no query left, an index brings nothing.',
    )
    return { cases, notes }
  },
}

async function pathOf(trials: Trials, link: Link, report: Report) {
  const names = Trials.namesOn(link)
  const before = await trials.of(link, allOff)
  const steps: Step[] = [{ label: 'as first written', ms: before.one.p50, detail: manyOf(before) }]
  const factors = new Map<string, number>()
  for (const [i, name] of names.entries()) {
    report(i / names.length)
    const trial = await trials.of(link, only(...names.slice(0, i + 1)))
    if (name === 'native' && !trial.native) break
    const factor = (steps.at(-1)?.ms ?? Number.NaN) / trial.one.p50
    factors.set(areas[name], (factors.get(areas[name]) ?? 1) * factor)
    steps.push({
      label: `+ ${name}`,
      ms: trial.one.p50,
      detail: `${formatFactor(factor)}; ${manyOf(trial)}`,
    })
  }
  const shares = [...factors].map(([area, factor]) => `${area} ${formatFactor(factor)}`).join(', ')
  return { steps, note: `Of the factor ${link.when}: ${shares} (multiplied, they are the whole).` }
}

const manyOf = ({ many }: Trial): string => `${formatRate(many.perSecond)} with ${atOnce} at once`
