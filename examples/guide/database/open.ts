import { join } from 'node:path'
import type { Database } from '../../demo/database.js'
import { openEmbedded } from '../../demo/embedded.js'
import { openPostgres } from '../../demo/postgres.js'
import { isSeeded } from '../../demo/seed-mark.js'
import { seed, version } from './seed.js'
import type { Sizes } from './sizes.js'

export interface DatabaseSettings {
  /** Of a PostgreSQL of yours; without it, an embedded one. */
  readonly databaseUrl: string | undefined
  /** Where the embedded one is kept. */
  readonly dataDirectory: string
}

/** The schema in a PostgreSQL of yours. The size is part of the name: a small run never erases the tables of a large one. */
export const schemaOf = ({ users }: Sizes): string => `guide_${users}`

export function openDatabase(
  { databaseUrl, dataDirectory }: DatabaseSettings,
  sizes: Sizes,
): Promise<Database> {
  return databaseUrl
    ? openPostgres(databaseUrl, schemaOf(sizes))
    : openEmbedded(join(dataDirectory, `guide-${sizes.users}`))
}

/** Makes the rows, unless an earlier run has; resolves whether it had to. */
export async function fill(
  database: Database,
  sizes: Sizes,
  onProgress: (share: number) => void,
): Promise<boolean> {
  if (await isSeeded(database, { version, rows: sizes.users })) return false
  await seed(database, sizes, onProgress)
  return true
}
