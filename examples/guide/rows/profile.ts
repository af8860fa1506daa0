import { formatDuration, medianOf } from '../../demo/quantile.js'
import { type Part, partsOf } from '../app/parts-of.js'
import { only, type SwitchName } from '../app/switches.js'
import { dashboards } from '../app/dashboards.js'
import { Trials } from '../app/trial.js'
import { openTracing, type Tracing } from '../app/tracing.js'
import { inTurn } from '../in-turn.js'
import type { Link } from '../network/link.js'
import type { Case, Row, Step } from '../row.js'

const stages: readonly { readonly label: string; readonly on: readonly SwitchName[] }[] = [
  { label: 'profiled', on: [] },
  { label: 'indexed', on: ['index'] },
  { label: 'cached: what was loaded, and what was computed', on: ['index', 'l1', 'memo'] },
]

/** In the order of the guide: look where the time goes, index, cache. Each step tells where its time went. */
export const profile: Row = {
  name: 'profile',
  system: 'Profile first, then index, then cache',
  claim: { text: '490x', factor: 490 },
  ran: 'GET /users/:id/dashboard, one request at a time; in brackets where the time of a request went, by its Server-Timing',
  async run(parts, report) {
    await using trials = await Trials.open(parts)
    const tracing = openTracing()
    try {
      const cases = await inTurn(report, parts.links, async (link, report): Promise<Case> => {
        const steps = await inTurn(report, stages, async ({ label, on }): Promise<Step> => {
          const { one } = await trials.of(link, only(...on))
          return { label, ms: one.p50, detail: await breakdownOf(trials, link, on, tracing) }
        })
        return { when: link.when, steps: steps as unknown as Case['steps'] }
      })
      return { cases, notes }
    } finally {
      await tracing.close()
    }
  },
}

const notes = [
  'Parts overlap: a read of the cache that loads waits for its query (db within loader), and both go on while the computation runs (cpu).',
  'The times in brackets are those of requests under spans, which take time themselves.',
]

const pages = dashboards.slice(0, 10)

/** The median of each entry of `Server-Timing`, of pages that were asked for before. */
function breakdownOf(
  trials: Trials,
  link: Link,
  on: readonly SwitchName[],
  tracing: Tracing,
): Promise<string> {
  const measure = async (url: string): Promise<string> => {
    const samples = new Map<string, Part[]>()
    for (const [i, path] of [...pages, ...pages].entries()) {
      const response = await fetch(url + path)
      await response.arrayBuffer()
      if (i < pages.length) continue
      for (const part of partsOf(response.headers.get('server-timing'))) {
        samples.set(part.name, [...(samples.get(part.name) ?? []), part])
      }
    }
    return [...samples].map(formatSamples).join(', ')
  }
  return trials.with(link, only(...on), ({ url }) => measure(url), tracing)
}

function formatSamples([name, samples]: readonly [string, readonly Part[]]): string {
  const times = medianOf(samples.map(({ times = 0 }) => times))
  const ms = formatDuration(medianOf(samples.map(({ ms }) => ms)))
  return `${name} ${ms}${times > 0 ? ` (${times} times)` : ''}`
}
