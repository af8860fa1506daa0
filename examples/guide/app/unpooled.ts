import type { Database } from '../../demo/database.js'
import { openPostgres } from '../../demo/postgres.js'
import { schemaOf } from '../database/open.js'
import type { Sizes } from '../database/sizes.js'

/** As many connections at once as a pool has, each for one query. Undefined: there are no connections. */
export async function openUnpooled(
  { databaseUrl }: { readonly databaseUrl: string | undefined },
  sizes: Sizes,
): Promise<Database | undefined> {
  return databaseUrl === undefined
    ? undefined
    : await openPostgres(databaseUrl, schemaOf(sizes), { max: 10, maxUses: 1 })
}
