import { formatRate, isAskerLimited } from '../app/load-text.js'
import { only, type SwitchName } from '../app/switches.js'
import { atOnce, Trials } from '../app/trial.js'
import type { Load } from '../load/load.js'
import { inTurn } from '../in-turn.js'
import { formatFactor } from '../reading.js'
import type { Case, Row, Step } from '../row.js'

const repaired: readonly SwitchName[] = ['index', 'limit', 'columns', 'pool', 'batch', 'memo']
const settings: readonly { readonly when: string; readonly on: readonly SwitchName[] }[] = [
  { when: 'where the handler asks the database', on: repaired },
  { when: 'where the handler finds its values in memory', on: [...repaired, 'l1'] },
  { when: 'where the whole response is kept', on: [...repaired, 'l1', 'route'] },
]

/** The same application on both listeners. */
export const native: Row = {
  name: 'native',
  system: 'Native routing',
  claim: { text: '1.1x', factor: 1.1 },
  ran: `GET /users/:id/dashboard, ${atOnce} at once, on the listener over node:http and on the one in Rust`,
  async run(parts, report) {
    const [link] = parts.links
    await using trials = await Trials.open(parts)
    const isThere = await trials.with(link, only('native'), async ({ native }) => native)
    if (!isThere) return { notMeasured: 'the addon of the native listener does not load' }
    const notes: string[] = []
    const cases = await inTurn(report, settings, async ({ when, on }): Promise<Case> => {
      const [off, onToo] = await trials.compare(link, only(...on), only(...on, 'native'))
      notes.push(cpuNote(when, off, onToo))
      return { when, steps: [stepOf('node:http', off), stepOf('native', onToo)] }
    })
    return { cases, notes }
  },
}

const stepOf = (label: string, { p50, perSecond, cpu }: Load): Step => ({
  label,
  ms: p50,
  detail: `${formatRate(perSecond)}, ${cpu.toFixed(0)} µs of processor time each`,
})

function cpuNote(when: string, off: Load, on: Load): string {
  const limit = isAskerLimited(on)
    ? ` The native one could answer more: the process that asks was busy ${(100 * on.askerBusy).toFixed(0)} % of the time.`
    : ''
  return `Processor time for each answer ${when}: ${off.cpu.toFixed(0)} µs with node:http, ${on.cpu.toFixed(0)} µs with the native listener (${formatFactor(off.cpu / on.cpu)}).${limit}`
}
