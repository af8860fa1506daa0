import { type Cache, type CacheOptions, createCache } from 'strata-cache'
import type { Database } from '../demo/database.js'
import { isReady } from '../demo/is-ready.js'
import { openPostgres } from '../demo/postgres.js'
import { startProgress } from '../demo/progress.js'
import { openRedis } from '../demo/redis-server.js'
import type { Teardown } from '../demo/teardown.js'
import type { Terminal } from '../demo/terminal.js'
import { fill, openDatabase, schemaOf } from './database/open.js'
import { type Sizes, sizesOf } from './database/sizes.js'
import { type DelayProxy, openDelayProxy } from './network/delay-proxy.js'
import { roundTripOf } from './network/round-trip.js'
import type { Settings } from './settings.js'

/** What rows run on. The tables are filled, and a row begins with all of their indexes. */
export interface Parts {
  readonly sizes: Sizes
  /** Milliseconds for one contest between ways to do the work. */
  readonly budget: number
  readonly database: Database
  /** Absent with the embedded database, which has no connections. */
  readonly postgres: Postgres | undefined
  readonly redis: { readonly url: string } | undefined
  /** An empty cache of its own (`namespace` shares one), ready, closed after the run. */
  openCache(options: CacheOptions & { readonly namespace: string }): Promise<Cache>
}

/** A real PostgreSQL: at hand, and once more with a network between. */
export interface Postgres {
  readonly url: string
  readonly schema: string
  readonly near: Link
  readonly far: Link
}

export interface Link {
  /** The URL on this way. */
  readonly url: string
  readonly database: Database
  /** Measured: what the smallest query takes, in milliseconds. */
  readonly roundTrip: number
}

// What a network within one data centre adds.
const delay = 1

export async function openParts(
  settings: Settings,
  terminal: Terminal,
  teardown: Teardown,
): Promise<Parts> {
  const sizes = sizesOf(settings.users)
  terminal.status('opening the database ...')
  const database = await openDatabase(settings, sizes)
  teardown.add(() => database.close())
  terminal.status('')
  terminal.say(`database  ${database.name}, in ${database.place}`)
  const bar = startProgress(terminal, `making ${sizes.users} users, ${sizes.posts} posts`)
  if (await fill(database, sizes, bar.update)) bar.done()

  const { databaseUrl } = settings
  const postgres = databaseUrl && (await openLinks(databaseUrl, sizes, database, teardown))
  if (postgres)
    terminal.say(
      `network   a query takes ${formatRoundTrip(postgres.near)} at hand, ${formatRoundTrip(postgres.far)} with a network between`,
    )
  const redis = await openRedis(settings.redisUrl)
  if (redis) teardown.add(() => redis.close())
  terminal.say(
    `Redis     ${redis?.url ?? 'none: REDIS_URL is not set and no redis-server is installed'}`,
  )
  return {
    sizes,
    budget: settings.quick ? 200 : 2_500,
    database,
    postgres: postgres || undefined,
    redis,
    openCache: async (options) => {
      const cache = createCache({ logger: false, ...options })
      teardown.add(() => cache.close())
      if (options.redis && !(await isReady(cache))) throw new Error('Redis is not ready')
      await cache.clear()
      return cache
    },
  }
}

const formatRoundTrip = ({ roundTrip }: Link): string => `${roundTrip.toFixed(2)} ms`

async function openLinks(
  url: string,
  sizes: Sizes,
  database: Database,
  teardown: Teardown,
): Promise<Postgres> {
  const proxy: DelayProxy = await openDelayProxy(url, delay)
  teardown.add(() => proxy.close())
  const farDatabase = await openPostgres(proxy.url, schemaOf(sizes))
  teardown.add(() => farDatabase.close())
  const link = async (url: string, database: Database) => ({
    url,
    database,
    roundTrip: await roundTripOf(database),
  })
  return {
    url,
    schema: schemaOf(sizes),
    near: await link(url, database),
    far: await link(proxy.url, farDatabase),
  }
}
