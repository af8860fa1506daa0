import { Redis } from 'ioredis'
import type { Case, Contestant } from '../case.js'
import { openStrata } from '../open-strata.js'
import { createRandom, createZipf } from '../random.js'
import { infoNumber } from '../redis-info.js'

const KEYS = 20_000
const TAGS = 50
const READS = 100_000
const SKEW = 0.9
/** Bytes that Redis may have beyond what it needs empty: for about a quarter of the keys. */
const ROOM = 4_000_000
/** Reads at once. */
const WIDTH = 100
const VALUE = { filler: 'x'.repeat(400) }
const POLICIES = ['allkeys-lfu', 'allkeys-lru', 'volatile-ttl', 'allkeys-random', 'noeviction']

function contestant(policy: string): Contestant {
  return {
    name: policy,
    start: async ({ port }) => {
      const redis = new Redis({ host: '127.0.0.1', port })
      const cache = await openStrata({
        namespace: policy,
        ttl: '1h',
        memory: false,
        redis: { url: `redis://127.0.0.1:${port}`, timeout: '10s' },
      })
      await cache.set('warm', 1, { tags: ['warm'] }) // scripts take their own share of memory
      return {
        round: async () => {
          await redis.flushall()
          await redis.config('SET', 'maxmemory-policy', policy)
          await redis.config('SET', 'maxmemory', (await usedMemory(redis)) + ROOM)
          const [evicted, refused] = await counts(redis)
          let loads = 0
          let lost = 0
          for (const keys of trace()) {
            const load = () => {
              loads++
              return VALUE
            }
            await Promise.all(
              keys.map((key) => cache.get(`k${key}`, load, { tags: [`t${key % TAGS}`] })),
            )
            lost += 1 - (await redis.exists(`s1:${policy}:v`))
          }
          const [evictedNow, refusedNow] = await counts(redis)
          return {
            hits: (1 - loads / READS) * 100,
            evicted: evictedNow - evicted,
            refused: refusedNow - refused,
            lost,
          }
        },
        stop: async () => {
          await redis.config('SET', 'maxmemory', 0)
          redis.disconnect()
          await cache.close()
        },
      }
    },
  }
}

/** Batches of keys. What is popular in the first half is not in the second. */
function* trace(): Generator<readonly number[]> {
  const rank = createZipf(KEYS, SKEW, createRandom(1))
  for (let read = 0; read < READS; read += WIDTH) {
    const shift = read < READS / 2 ? 0 : KEYS / 2
    yield Array.from({ length: WIDTH }, () => (rank() + shift) % KEYS)
  }
}

async function usedMemory(redis: Redis): Promise<number> {
  return infoNumber(await redis.info('memory'), 'used_memory') ?? Number.NaN
}

/** Of errors Redis tells once there was one. */
async function counts(redis: Redis): Promise<[evicted: number, refused: number]> {
  const info = await redis.info('everything')
  const count = (name: string): number => infoNumber(info, name) ?? 0
  return [count('evicted_keys'), count('errorstat_OOM:count')]
}

export const benchmark: Case = {
  name: 'eviction',
  title: 'A Redis that is full, by maxmemory-policy',
  about:
    'Reads with a loader through Redis alone, which has room for a quarter of the keys; what is popular changes half-way. commands refused: a script counts once, for however many keys it is. lost: of 1,000 looks those at which the version of the namespace had been evicted.',
  columns: [
    { key: 'hits', title: 'hits, %', digits: 1 },
    { key: 'evicted', title: 'evicted' },
    { key: 'refused', title: 'commands refused' },
    { key: 'lost', title: 'lost' },
  ],
  contestants: POLICIES.map(contestant),
  rounds: { full: 3, quick: 1, warmups: 0 },
  redis: 'own',
  sequential: true,
  isOnlyByName: true,
}
