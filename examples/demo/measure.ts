import type { Cache } from 'strata-cache'
import type { Blog } from './blog.js'
import type { HttpClient, Sample } from './http-client.js'
import { medianOf } from './quantile.js'
import type { Source } from './source.js'
import { serveBlog } from './web-server.js'

/** How a request is answered: without a cache at all, by a miss (the loader, then the storing), or by a tier. */
export type Way = 'plain' | 'miss' | 'redis' | 'memory'
/** Median milliseconds. */
export interface Cost {
  readonly data: number
  readonly total: number
}
export interface RouteCosts {
  readonly route: string
  readonly costs: Readonly<Partial<Record<Way, Cost | undefined>>>
}

export interface Subjects {
  readonly plain: Blog
  /** Both tiers. */
  readonly cached: Blog
  /**
   * A second cache instance over the same namespace with `memory: false`: it reads what the first one stored, and has no
   * memory to answer from. A request costs that in another process that sees a key for the first time. Absent without Redis.
   */
  readonly redisOnly: Blog | undefined
  readonly cache: Cache
}

// Enough for a median that holds still; a slow page is asked less often.
const maxSamples = 300
const minSamples = 5
const budget = 2_000
// Unmeasured turns first: the first calls of compiled code, of WebAssembly above all, are the slowest.
const warmUps = 2
// Posts that are read in turn.
const postIds = 40

const routes = [
  { route: 'GET /popular', path: () => '/popular' },
  { route: 'GET /posts/:id', path: (n: number) => `/posts/${1 + (n % postIds)}` },
  { route: 'GET /dashboard', path: () => '/dashboard' },
]

/** One way to be asked, and where its answers have to come from. */
interface Contender {
  readonly way: Way
  readonly expected: Source
  readonly url: string
  readonly before?: () => Promise<unknown>
}

/** Asks every route every way over HTTP. */
export async function measure(
  subjects: Subjects,
  client: HttpClient,
  onProgress: (share: number) => void,
): Promise<RouteCosts[]> {
  const plain = await serveBlog(subjects.plain)
  const cached = await serveBlog(subjects.cached)
  const redisOnly = subjects.redisOnly && (await serveBlog(subjects.redisOnly))
  const clear = () => subjects.cache.clear()
  const slow: Contender[] = [
    { way: 'plain', expected: 'database', url: plain.url },
    { way: 'miss', expected: 'database', url: cached.url, before: clear },
  ]
  const quick: Contender[] = [{ way: 'memory', expected: 'memory', url: cached.url }]
  if (redisOnly) quick.push({ way: 'redis', expected: 'redis', url: redisOnly.url })

  const results: RouteCosts[] = []
  try {
    for (const [i, { route, path }] of routes.entries()) {
      onProgress(i / routes.length)
      const slowCosts = await contend(slow, path, client)
      onProgress((i + 0.5) / routes.length)
      for (let n = 0; n < postIds; n++) await client.get(cached.url + path(n))
      results.push({ route, costs: { ...slowCosts, ...(await contend(quick, path, client)) } })
    }
  } finally {
    for (const server of [plain, cached, redisOnly]) await server?.close()
  }
  return results
}

/** Takes turns, so that whatever else the machine does meets all contenders alike. */
async function contend(
  contenders: readonly Contender[],
  path: (n: number) => string,
  client: HttpClient,
): Promise<RouteCosts['costs']> {
  const samples = contenders.map((): Sample[] => [])
  const until = performance.now() + budget
  for (let n = -warmUps; n < maxSamples && (n < minSamples || performance.now() < until); n++) {
    for (const [i, { url, before }] of contenders.entries()) {
      await before?.()
      const sample = await client.get(url + path(n + warmUps))
      if (n >= 0) samples[i]?.push(sample)
    }
  }
  return Object.fromEntries(
    contenders.map(({ way, expected }, i) => [way, costOf(samples[i] ?? [], expected)]),
  )
}

/** A sample counts only if the answer says it came from where it was to come from; too few such, and there is no cost. */
function costOf(samples: readonly Sample[], expected: Source): Cost | undefined {
  const counted = samples.filter(({ source }) => source === expected)
  if (counted.length * 2 < samples.length) return undefined
  return {
    data: medianOf(counted.map(({ dataMs }) => dataMs)),
    total: medianOf(counted.map(({ totalMs }) => totalMs)),
  }
}
