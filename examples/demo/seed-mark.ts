import type { Database } from './database.js'

/** What a generated database holds: which version of its content, and how much of it. */
export interface SeedMark {
  readonly version: number
  readonly rows: number
}

export async function isSeeded(database: Database, { version, rows }: SeedMark): Promise<boolean> {
  const [found] = await database.query<{ exists: boolean }>(
    `select to_regclass('seeded') is not null as exists`,
  )
  if (!found?.exists) return false
  const [mark] = await database.query<SeedMark>('select version, rows from seeded')
  return mark?.version === version && mark.rows === rows
}

/** To be written last: without it an interrupted run begins again. */
export async function markSeeded(database: Database, { version, rows }: SeedMark): Promise<void> {
  await database.query('create table seeded (version int not null, rows int not null)')
  await database.query('insert into seeded values ($1, $2)', [version, rows])
}
