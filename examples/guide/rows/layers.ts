import { createRandom, createZipf } from '../../../bench/random.js'
import { compare } from '../compare.js'
import { inTurn, type Report } from '../in-turn.js'
import { type Load, loadsOf } from '../loads.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'
import { tally } from '../tally.js'

const reads = 2_000
const keyCount = 200
// Chosen with the two numbers below so that about 95 % of the reads hit memory, 4 % Redis, 1 % neither.
const skew = 1.3
const memoryEntries = 130
/** So often something is written, and what is cached of it deleted. */
const readsPerWrite = 100

/** Both tiers under readers that prefer some keys to others, while now and then one changes. */
export const layers: Row = {
  name: 'layers',
  system: 'Several layers behind one get(key, fetch): memory, Redis, the source',
  claim: { text: '93x at 95/4/1', factor: 93 },
  ran: `\`cache.define\` with memory and Redis: ${reads.toLocaleString('en-US')} reads of ${keyCount} keys by Zipf's law, a delete every ${readsPerWrite} reads`,
  async run(parts, report) {
    if (!parts.redis) return { notMeasured: 'there is no Redis' }
    const loads = await loadsOf(parts, keyCount)
    return {
      cases: await inTurn(report, loads, (load, report) => measure(parts, load, report)),
      notes: [
        'With one load in a hundred reads, 100x is the most there can be. The 93x are those of 50 ms for the query, 1 ms for Redis and 0.001 ms for memory.',
        'The deletes, each a round trip to Redis, are part of the measured time.',
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
    namespace: 'guide-layers',
    ttl: '5m',
    memory: { maxEntries: memoryEntries },
    redis: redis.url,
  })
  const cached = cache.define('value', { key: (key: string) => key, load })
  // Redis knows all keys, as it does where other processes have run for a while; memory keeps the last ones.
  for (const key of keys) await cached(key)
  const random = createRandom(1)
  const next = createZipf(keys.length, skew, random)
  const key = () => keys[next()] ?? ''
  const queries = 10
  return compare(
    when,
    [
      {
        label: 'the query, every time',
        times: queries,
        run: async () => {
          for (let n = 0; n < queries; n++) await load(key())
        },
      },
      {
        label: 'memory, then Redis, then the query',
        times: reads,
        run: async () => {
          for (let n = 1; n <= reads; n++) {
            if (n % readsPerWrite === 0) await cached.delete(key())
            await cached(key())
          }
        },
        detail: tally(cache),
      },
    ],
    { budget, report, sameAnswers: false },
  )
}
