import { formatRate, tailOf } from '../app/load-text.js'
import { allOff, only, type SwitchName } from '../app/switches.js'
import { dashboards } from '../app/dashboards.js'
import { atOnce, type Trial, Trials } from '../app/trial.js'
import type { Load } from '../load/load.js'
import type { Case, Row, Step } from '../row.js'

const repaired: readonly SwitchName[] = ['index', 'limit', 'columns', 'pool', 'batch', 'memo']

/** What is changed, one on top of the other. The guide stops at the first. */
const stages: readonly { readonly label: string; readonly on: readonly SwitchName[] }[] = [
  { label: 'as first written', on: [] },
  { label: 'indexes, one query for each kind, the computation kept', on: repaired },
  { label: 'and what was loaded, in memory and Redis', on: [...repaired, 'l1', 'l2'] },
  {
    label: 'and whole responses, answered natively',
    on: [...repaired, 'l1', 'l2', 'route', 'native'],
  },
]

/** The application of app/: its dashboard before and after, asked over HTTP by another process. */
export const dashboard: Row = {
  name: 'dashboard',
  system: 'A dashboard with N+1 queries, no index and a computation, put right',
  claim: { text: '381x', factor: 381 },
  ran: `GET /users/:id/dashboard of ${dashboards.length} users in turn, one request at a time and ${atOnce} at once, and each page for the first time`,
  async run(parts, report) {
    const trials = await Trials.open(parts)
    const cases: Case[] = []
    const notes: string[] = []
    try {
      for (const [l, link] of parts.links.entries()) {
        const results: Trial[] = []
        for (const [s, { on }] of stages.entries()) {
          report((l + s / stages.length) / parts.links.length)
          results.push(await trials.of(link, on.length === 0 ? allOff : only(...on)))
        }
        const first = results.map((one): Load => one.first)
        const one = results.map((one): Load => one.one)
        const many = results.map((one): Load => one.many)
        cases.push(
          caseOf(`${link.when}, one request at a time`, one),
          caseOf(`${link.when}, ${atOnce} at once`, many),
          caseOf(`${link.when}, each page for the first time`, first),
        )
        notes.push(
          `${capital(link.when)}, one request at a time: from ${rateOf(one[0])} to ${rateOf(one[1])} without a cache of values, ${rateOf(one.at(-1))} with all. The guide says 1.25 and 476.`,
        )
      }
    } finally {
      await trials.close()
    }
    const [head, ...rest] = cases as [Case, ...Case[]]
    return { cases: [head, ...rest], notes }
  },
}

function caseOf(when: string, loads: readonly Load[]): Case {
  const steps = loads.map((load, i): Step => ({
    label: stages[i]?.label ?? '',
    ms: load.p50,
    detail: tailOf(load),
  }))
  const [before, after, ...rest] = steps as [Step, Step, ...Step[]]
  return { when, steps: [before, after, ...rest] as unknown as Case['steps'] }
}

const rateOf = (load: Load | undefined): string => formatRate(load?.perSecond ?? Number.NaN)
const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
