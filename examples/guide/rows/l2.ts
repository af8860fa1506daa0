import { compare } from '../compare.js'
import { inTurn, type Report } from '../in-turn.js'
import { type Load, loadsOf } from '../loads.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'
import { tally } from '../tally.js'

// Nine of ten keys are in Redis.
const keysAtOnce = 10

/** Redis alone, as in a process that has just started: nine hits, and a load that also stores. */
export const l2: Row = {
  name: 'l2',
  system: 'L2: a shared cache in Redis, TTL 300 s',
  claim: { text: '8.5x at 90 % hits', factor: 8.5 },
  ran: "`cache.define` with `memory: false` and `ttl: '300s'`: ten reads, nine of them hits in Redis",
  async run(parts, report) {
    if (!parts.redis) return { notMeasured: 'there is no Redis' }
    const loads = await loadsOf(parts, keysAtOnce)
    return {
      cases: await inTurn(report, loads, (load, report) => measure(parts, load, report)),
      notes: [
        'With one load in ten reads, 10x is the most there can be. The 8.5x are those of 50 ms for the query and 1 ms for Redis: 50 / (0.9 x 1 + 0.1 x 50).',
        'A load with Redis costs three round trips to it: look, lease, store.',
      ],
    }
  },
}

async function measure(
  { budget, openCache }: Parts,
  { when, keys, load, link: { redis } }: Load,
  report: Report,
): Promise<Case> {
  if (!redis) throw new Error('no Redis')
  const cache = await openCache({
    namespace: 'guide-l2',
    ttl: '300s',
    memory: false,
    redis: redis.url,
  })
  const cached = cache.define('value', { key: (key: string) => key, load })
  await cached.many(keys)
  return compare(
    when,
    [
      { label: 'the query, every time', times: keys.length, run: () => readAll(load, keys) },
      {
        label: 'Redis, 90 % hits',
        times: keys.length,
        before: (round) => cached.delete(keys[round % keys.length] ?? ''),
        run: () => readAll(cached, keys),
        detail: tally(cache),
      },
    ],
    { budget, report },
  )
}

async function readAll(read: Load['load'], keys: readonly string[]) {
  const values: (object | null)[] = []
  for (const key of keys) values.push(await read(key))
  return values
}
