import type { Case, Contestant, Sample } from '../case.js'
import { createDatabase } from '../database.js'
import { quantile } from '../measure.js'
import { openStrata } from '../open-strata.js'
import { postKeys, postOf } from '../post.js'
import type { Cache } from '../strata.js'

const HOT_KEYS = 200
const REQUESTS_PER_MS = 2
const SEEDS = 1_000

type Phase = 'before' | 'during' | 'after'

/** Latencies of one phase, and how many requests failed. */
class Requests {
  readonly #latencies: Record<Phase, number[]> = { before: [], during: [], after: [] }
  errors = 0

  async count(phase: Phase, request: Promise<unknown>): Promise<void> {
    const start = performance.now()
    await request.catch(() => this.errors++)
    this.#latencies[phase].push(performance.now() - start)
  }

  sample(): Sample {
    const of = (phase: Phase): [string, number][] => [
      [`${phase}50`, quantile(this.#latencies[phase], 0.5)],
      [`${phase}99`, quantile(this.#latencies[phase], 0.99)],
    ]
    return Object.fromEntries([...of('before'), ...of('during'), ...of('after')])
  }
}

const strata: Contestant = {
  name: 'strata',
  start: async ({ port, redisPid, quick }) => {
    const cache = await open(port)
    const seeds = await seed(port)
    const keys = postKeys(HOT_KEYS)
    const database = createDatabase(64, 5)
    const load = async ({ key }: { readonly key: string }): Promise<unknown> => {
      await database.query()
      return postOf(key)
    }
    const request = (index: number): Promise<unknown> =>
      cache.get(keys[index % HOT_KEYS] as string, load)
    // The first requests of a process compile its code; that is not what is asked here.
    await atFixedRate(2_000, (index) => request(index).then(() => undefined))
    return {
      round: async () => {
        const requests = new Requests()
        const ms = quick ? 1_500 : 4_000
        await atFixedRate(ms, (index) => requests.count('before', request(index)))
        process.kill(redisPid, 'SIGSTOP')
        await atFixedRate(ms, (index) => requests.count('during', request(index)))
        process.kill(redisPid, 'SIGCONT')
        const back = firstRedisHit(cache, seeds)
        await atFixedRate(ms, (index) => requests.count('after', request(index)))
        const { running, asked } = database.peaks()
        return { running, asked, errors: requests.errors, ...requests.sample(), back: await back }
      },
      stop: () => cache.close(),
    }
  },
}

function open(port: number): Promise<Cache> {
  return openStrata({ ttl: '1s', grace: '1h', redis: `redis://127.0.0.1:${port}` })
}

/** Keys that another cache has stored: in Redis, never yet in the memory of the one that is measured. */
async function seed(port: number): Promise<readonly string[]> {
  const other = await open(port)
  const keys = Array.from({ length: SEEDS }, (_, index) => `seed:${index}`)
  for (const key of keys) await other.set(key, key, { ttl: '1h' })
  await other.close()
  return keys
}

/** Milliseconds from now until a read is answered by Redis; asks every 5 ms. */
async function firstRedisHit(cache: Cache, seeds: readonly string[]): Promise<number | string> {
  const start = performance.now()
  for (const key of seeds) {
    const { tier, outcome } = await cache.read(key, () => 'loaded')
    if (tier === 'redis' && outcome === 'hit') return performance.now() - start
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return `> ${Math.round(performance.now() - start)}`
}

/** Open loop: a slow answer does not hold back the next request. */
async function atFixedRate(ms: number, request: (index: number) => Promise<void>): Promise<void> {
  const start = performance.now()
  const pending: Promise<void>[] = []
  for (let now = start; now - start < ms; now = performance.now()) {
    while (pending.length < (now - start) * REQUESTS_PER_MS) pending.push(request(pending.length))
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(pending)
}

export const benchmark: Case = {
  name: 'outage-load',
  title: `${HOT_KEYS} hot keys at ${REQUESTS_PER_MS * 1_000} requests/s while Redis is frozen and comes back`,
  about:
    'ttl 1 s, grace 1 h; a database that runs 64 queries of 5 ms at a time. Latencies in ms before, during and after; db = most queries running / asked for at once; back = ms from SIGCONT to the first hit in Redis.',
  columns: [
    { key: 'before50', title: 'before p50', digits: 3 },
    { key: 'before99', title: 'p99', digits: 2 },
    { key: 'during50', title: 'during p50', digits: 3 },
    { key: 'during99', title: 'p99', digits: 2 },
    { key: 'after50', title: 'after p50', digits: 3 },
    { key: 'after99', title: 'p99', digits: 2 },
    { key: 'errors', title: 'errors' },
    { key: 'running', title: 'db running' },
    { key: 'asked', title: 'db asked' },
    { key: 'back', title: 'back' },
  ],
  contestants: [strata],
  rounds: { full: 1, quick: 1, warmups: 0 },
  redis: 'own',
  sequential: true,
}
