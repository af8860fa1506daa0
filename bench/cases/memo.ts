import type { Case, Contestant } from '../case.js'
import { nanosecondsPer } from '../measure.js'
import { createPost, type Post } from '../post.js'
import { createRandom, shuffled } from '../random.js'

const IDS = shuffled(
  Array.from({ length: 1_000 }, (_, id) => `${id}`),
  createRandom(1),
)
const TTL = 3_600_000
const TURNS = 10

type Lookup = (id: string) => Post | undefined

function contestant(name: string, open: () => Promise<Lookup>): Contestant {
  return {
    name,
    start: async ({ quick }) => {
      const look = await open()
      const readAll = (): void => {
        for (let turn = 0; turn < TURNS; turn++) {
          for (const id of IDS) if (look(id) === undefined) throw new Error(`${id} is not there`)
        }
      }
      await nanosecondsPer(IDS.length * TURNS, quick ? 300 : 1_000, readAll)
      return {
        round: async () => ({
          ns: await nanosecondsPer(IDS.length * TURNS, quick ? 50 : 150, readAll),
        }),
        stop: async () => undefined,
      }
    },
  }
}

async function lru(ttl: number | undefined): Promise<Lookup> {
  const { LRUCache } = await import('lru-cache')
  const cache = new LRUCache<string, Post>({ max: 10_000, ...(ttl === undefined ? {} : { ttl }) })
  for (const id of IDS) cache.set(id, createPost(Number(id)))
  return (id) => cache.get(id)
}

async function strataMemo(): Promise<Lookup> {
  const { createCache } = await import('../strata.js')
  const cache = createCache({ logger: false })
  return cache.memo((id: string) => createPost(Number(id)), { key: (id) => id, ttl: TTL })
}

export const benchmark: Case = {
  name: 'memo',
  title: 'one synchronous hit of a memoized function',
  about:
    'cache.memo(fn, { key, ttl })(id) against lru.get(id); 1,000 existing ids in a fixed random order. ns = processor time.',
  columns: [
    { key: 'ns', title: 'ns', digits: 1, against: ['lru-cache', 'lru-cache ttl'], as: 'cost' },
  ],
  contestants: [
    contestant('lru-cache', () => lru(undefined)),
    contestant('lru-cache ttl', () => lru(TTL)),
    contestant('strata memo', strataMemo),
  ],
  bars: ['lru-cache', 'lru-cache ttl'].map((against) => ({
    contestant: 'strata memo',
    column: 'ns',
    against,
    what: `times a bare get of ${against}`,
    floor: 1.3,
  })),
  rounds: { full: 21, quick: 5, warmups: 2 },
}
