import type { Database } from '../demo/database.js'
import { openRedis } from '../demo/redis-server.js'
import { openFilled } from './database/open-filled.js'
import type { Sizes } from './database/sizes.js'
import { type Link, openLinks } from './network/link.js'
import type { OpenCache } from './open-cache.js'
import type { Program } from './program.js'
import type { Settings } from './settings.js'

/** What rows run on. The tables are filled, and a row begins with all of their indexes. */
export interface Parts {
  readonly sizes: Sizes
  /** Milliseconds for one contest between ways to do the work. */
  readonly budget: number
  readonly database: Database
  /** Of a real PostgreSQL; absent with the embedded database, which has no connections. */
  readonly databaseUrl: string | undefined
  readonly redis: { readonly url: string } | undefined
  /** The same database and Redis in each of the ways to reach them: at hand, and with a network between. */
  readonly links: readonly [Link, ...Link[]]
  readonly openCache: OpenCache
}

export async function openParts(
  settings: Settings,
  program: Program,
): Promise<Omit<Parts, 'openCache'>> {
  const { databaseUrl, redisUrl, quick } = settings
  const { terminal, teardown } = program
  const { database, sizes } = await openFilled(settings, program)
  const redis = await openRedis(redisUrl)
  if (redis) teardown.add(() => redis.close())
  const missing = 'none: REDIS_URL is not set and no redis-server is installed'
  terminal.say(`Redis     ${redis?.url ?? missing}`)
  const links = await openLinks({ database, databaseUrl, redis, sizes }, program)
  for (const { when, roundTrip } of links)
    terminal.say(`link      ${when}: the smallest query takes ${roundTrip.toFixed(2)} ms`)
  return { sizes, budget: quick ? 200 : 2_500, database, databaseUrl, redis, links }
}
