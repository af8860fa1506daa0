import { compare } from '../compare.js'
import { inTurn, type Report } from '../in-turn.js'
import { type Load, loadsOf } from '../loads.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'

const keysAtOnce = 5
const hits = 20_000

/** A hit in memory beside the query it replaces. */
export const l1: Row = {
  name: 'l1',
  system: 'L1: keep what was read in memory',
  claim: { text: '50 ms to 0.001 ms', factor: 50_000 },
  ran: '`cache.define` over a SQL query: the query, and a hit in memory',
  async run(parts, report) {
    const loads = await loadsOf(parts, keysAtOnce)
    return {
      cases: await inTurn(report, loads, (load, report) => measure(parts, load, report)),
      notes: ['A hit costs a fraction of the cheapest query: the factor is that of the query.'],
    }
  },
}

async function measure(
  { budget, openCache }: Parts,
  { when, keys, load }: Load,
  report: Report,
): Promise<Case> {
  const cache = await openCache({ namespace: 'guide-l1', ttl: '5m' })
  const cached = cache.define('value', { key: (key: string) => key, load })
  return compare(
    when,
    [
      { label: 'the query', times: keys.length, run: () => repeat(load, keys, keys.length) },
      {
        label: 'a hit in memory',
        times: hits,
        before: () => cached.many(keys),
        run: () => repeat(cached, keys, hits),
      },
    ],
    { budget, report },
  )
}

/** One after the other; ends with the same key, however often. */
async function repeat(read: Load['load'], keys: readonly string[], times: number) {
  let last: object | null = null
  for (let n = 0; n < times; n++) last = await read(keys[n % keys.length] ?? '')
  return last
}
