import type { Database } from '../../demo/database.js'
import { openPostgres } from '../../demo/postgres.js'
import { schemaOf } from '../database/open.js'
import type { Sizes } from '../database/sizes.js'
import type { Program } from '../program.js'
import { openDelayProxy } from './delay-proxy.js'
import { roundTripOf } from './round-trip.js'

/** One way to reach the database and Redis. */
export interface Link {
  /** Completes a sentence: `over a network of 1 ms`. */
  readonly when: string
  readonly database: Database
  /** The same over a single connection, for what belongs to one: transactions. */
  readonly connection: Database
  /** Of a real PostgreSQL, on this way. */
  readonly databaseUrl: string | undefined
  readonly redis: { readonly url: string } | undefined
  /** Measured: what the smallest query takes, in milliseconds. */
  readonly roundTrip: number
}

interface Ends {
  readonly database: Database
  readonly databaseUrl: string | undefined
  readonly redis: { readonly url: string } | undefined
  readonly sizes: Sizes
}

// What a network within one data centre adds.
const delay = 1

/** At hand, and, where the database is one that is spoken to over TCP, with a network between. */
export async function openLinks(
  ends: Ends,
  { teardown, fail }: Program,
): Promise<[Link, ...Link[]]> {
  const { database, databaseUrl, redis, sizes } = ends
  const open = async (url: string, max = 10) => {
    const opened = await openPostgres(url, schemaOf(sizes), { max })
    teardown.add(() => opened.close())
    return opened
  }
  const proxyOf = async (url: string, port: number) => {
    const proxy = await openDelayProxy(url, { port, delay, onBroken: fail })
    teardown.add(() => proxy.close())
    return proxy.url
  }
  const roundTrip = await roundTripOf(database)
  if (!databaseUrl) {
    const when = 'with the embedded database'
    return [{ when, database, connection: database, databaseUrl, redis, roundTrip }]
  }
  const connection = await open(databaseUrl, 1)
  const farUrl = await proxyOf(databaseUrl, 5432)
  const farDatabase = await open(farUrl)
  return [
    { when: 'on loopback', database, connection, databaseUrl, redis, roundTrip },
    {
      when: `over a network of ${delay} ms`,
      database: farDatabase,
      connection: await open(farUrl, 1),
      databaseUrl: farUrl,
      redis: redis && { url: await proxyOf(redis.url, 6379) },
      roundTrip: await roundTripOf(farDatabase),
    },
  ]
}
