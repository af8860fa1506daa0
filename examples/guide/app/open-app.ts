import { createHash } from 'node:crypto'
import { type CacheOptions, createCache } from 'strata-cache'
import { createServer } from 'strata-cache/server'
import type { Database } from '../../demo/database.js'
import { isReady } from '../../demo/is-ready.js'
import { patient } from '../open-cache.js'
import { createLibrary } from './library.js'
import { noveltyOf } from './novelty.js'
import { createPages } from './pages.js'
import { createQueries } from './queries.js'
import { createAppRoutes } from './routes.js'
import type { Switches } from './switches.js'
import { indexed, unindexed } from './tables.js'
import { tagsOfPost } from './tags.js'
import type { Tracing } from './tracing.js'

export interface AppOptions {
  readonly switches: Switches
  readonly databases: Databases
  /** URL; without it there is no L2. */
  readonly redis: string | undefined
  /** Of its caches: applications that share one answer each other's reads. */
  readonly namespace: string
  readonly port?: number
  /** Tells where the time of each request went. It costs time itself: not for measuring how long they take. */
  readonly tracing?: Tracing
}

export interface Databases {
  readonly pooled: Database
  /** A new connection for each query; absent where there are no connections. */
  readonly unpooled?: Database | undefined
}

export interface App {
  readonly url: string
  /** Whether the listener in Rust runs. */
  readonly native: boolean
  /** Empties all of its caches. */
  clear(): Promise<void>
  close(): Promise<void>
}

/** The application, composed as the switches say: here, and nowhere else, is what they switch. */
export async function openApp(options: AppOptions): Promise<App> {
  const { switches, databases, redis, namespace, port = 0, tracing } = options
  const database = switches.pool ? databases.pooled : (databases.unpooled ?? databases.pooled)
  const queries = createQueries(tracing?.database(database) ?? database, {
    tables: switches.index ? indexed : unindexed,
    columns: switches.columns,
    limit: switches.limit,
  })

  const l2: Pick<CacheOptions, 'redis'> = switches.l2 && redis ? { redis: patient(redis) } : {}
  // What pages are made of. With neither tier a ttl of 0: nothing is kept, and no two callers share a load.
  const values = createCache({
    namespace: `${namespace}.values`,
    ttl: switches.l1 || l2.redis ? '5m' : 0,
    ...(!switches.l1 && { memory: false }),
    ...l2,
    logger: false,
  })
  const responses = createCache({ namespace: `${namespace}.responses`, ...l2, logger: false })
  const results = createCache({ namespace: `${namespace}.results`, logger: false })
  const caches = [values, responses, results]

  const novelty = tracing?.computation('novelty', noveltyOf) ?? noveltyOf
  const keyOf = (text: string, before: string): string =>
    createHash('sha1').update(`${text}\0${before}`).digest('base64')
  const pages = createPages({
    library: createLibrary(values, queries, {
      batch: switches.batch,
      ...(tracing && { ask: tracing.ask }),
    }),
    noveltyOf: switches.memo ? results.memo(novelty, { key: keyOf }) : novelty,
  })

  async function retitle(id: number, title: string): Promise<boolean> {
    const userId = await queries.retitle(id, title)
    if (userId === undefined) return false
    // After the change, and the parts before the whole: a response that is made from now on is made of new ones.
    await values.invalidateTags(tagsOfPost(id, userId))
    await responses.invalidateTags(tagsOfPost(id, userId))
    return true
  }

  const server = createServer({
    cache: responses,
    port,
    native: switches.native ? 'auto' : false,
    ...(tracing && { serverTiming: true }),
  })
  if (tracing) server.use(tracing.middleware)
  const keep = switches.route ? { ttl: '5m' as const } : undefined
  server.route('/', createAppRoutes({ pages, retitle, keep }))

  async function close(): Promise<void> {
    await server.close({ timeout: 0 })
    for (const cache of caches) await cache.close()
  }
  try {
    for (const cache of [values, responses]) {
      if (l2.redis && !(await isReady(cache))) throw new Error('Redis does not answer')
    }
    const address = await server.listen()
    return {
      url: `http://127.0.0.1:${address.port}`,
      native: server.native,
      clear: async () => void (await Promise.all(caches.map((cache) => cache.clear()))),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}
