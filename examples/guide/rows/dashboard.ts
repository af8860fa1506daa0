import { formatDuration } from '../../demo/quantile.js'
import { formatRate, tailOf } from '../app/load-text.js'
import { allOff, only, type SwitchName } from '../app/switches.js'
import { dashboards } from '../app/dashboards.js'
import { atOnce, type Trial, Trials } from '../app/trial.js'
import { inTurn } from '../in-turn.js'
import type { Case, Measured, Row, Step } from '../row.js'

const repaired: readonly SwitchName[] = ['index', 'limit', 'columns', 'pool', 'batch', 'memo']

/** What is changed, one on top of the other. The guide stops at the first. */
const stages: readonly {
  readonly label: string
  readonly when: string
  readonly on: readonly SwitchName[]
}[] = [
  {
    label: 'indexes, one query for each kind, the computation kept',
    when: 'with the database put right and the computation kept',
    on: repaired,
  },
  {
    label: 'and what was loaded, in memory and Redis',
    when: 'with what was loaded kept as well',
    on: [...repaired, 'l1', 'l2'],
  },
  {
    label: 'and whole responses, answered natively',
    when: 'with whole responses kept as well',
    on: [...repaired, 'l1', 'l2', 'route', 'native'],
  },
]

/** The application of app/: its dashboard before and after, asked over HTTP by another process. */
export const dashboard: Row = {
  name: 'dashboard',
  system: 'A dashboard with N+1 queries, no index and a computation, put right',
  claim: { text: '381x', factor: 381 },
  ran: `GET /users/:id/dashboard of ${dashboards.length} users in turn, one request at a time; in brackets ${atOnce} at once; and each page for the first time`,
  async run(parts, report) {
    await using trials = await Trials.open(parts)
    const compositions = [allOff, ...stages.map(({ on }) => only(...on))]
    const notes: string[] = []
    const cases = await inTurn(report, parts.links, async (link, report) => {
      const [before, ...after] = await inTurn(report, compositions, (switches) =>
        trials.of(link, switches),
      )
      notes.push(rateNote(link.when, before, after))
      return casesOf(link.when, before, after)
    })
    return { cases: cases.flat() as unknown as Measured['cases'], notes }
  },
}

/** Each stage against what was there before all of them, warm; then all of them where nothing was kept yet. */
function casesOf(where: string, before: Trial, after: readonly Trial[]): Case[] {
  const first: Case = {
    when: `where each page is asked for the first time, ${where}`,
    steps: [
      { label: 'as first written', ms: before.first.p50, detail: tailOf(before.first) },
      ...after.map(({ first }, s) => stepOf(s, first.p50, tailOf(first))),
    ] as unknown as Case['steps'],
  }
  const warm = stages.map(({ when }, s): Case => ({
    when: `${when}, ${where}`,
    steps: [
      { label: 'as first written', ms: before.one.p50, detail: bothOf(before) },
      ...after.slice(0, s + 1).map((trial, at) => stepOf(at, trial.one.p50, bothOf(trial))),
    ] as unknown as Case['steps'],
  }))
  return [...warm, first]
}

const stepOf = (stage: number, ms: number, detail: string): Step => ({
  label: stages[stage]?.label ?? '',
  ms,
  detail,
})

const bothOf = ({ one, many }: Trial): string =>
  `${tailOf(one)}; ${atOnce} at once: p50 ${formatDuration(many.p50)}, ${tailOf(many)}`

function rateNote(where: string, before: Trial, after: readonly Trial[]): string {
  const rates = [before, ...after].map(({ one }) => formatRate(one.perSecond)).join(', ')
  return `One request at a time ${where}, stage by stage: ${rates}. The guide says from 1.25 to 476.`
}
