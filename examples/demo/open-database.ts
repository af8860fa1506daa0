import { join } from 'node:path'
import type { Database } from './database.js'
import { openEmbedded } from './embedded.js'
import { openPostgres } from './postgres.js'
import type { Settings } from './settings.js'

/** Your PostgreSQL if `DATABASE_URL` names one, else one that needs no installation. */
export function openDatabase({ databaseUrl, dataDirectory, rows }: Settings): Promise<Database> {
  // The number of rows is part of the name, so that a small run never erases the tables of a large one.
  return databaseUrl
    ? openPostgres(databaseUrl, `strata_demo_${rows}`)
    : openEmbedded(join(dataDirectory, `demo-${rows}`))
}
