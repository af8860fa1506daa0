import type { Database } from '../../demo/database.js'
import { createIndexes } from '../database/indexes.js'

/** What the tables of the application are called. */
export interface Tables {
  readonly users: string
  readonly posts: string
  readonly comments: string
}

export const indexed: Tables = { users: 'users', posts: 'posts', comments: 'comments' }

/** The same rows in tables with their primary keys alone, so that both can be asked at the same time. */
export const unindexed: Tables = {
  users: 'users',
  posts: 'posts_unindexed',
  comments: 'comments_unindexed',
}

/** Makes what is missing of both. */
export async function prepareTables(database: Database): Promise<void> {
  await createIndexes(database)
  for (const name of ['posts', 'comments'] as const) {
    const [from, to] = [indexed[name], unindexed[name]]
    if (await isCopy(database, from, to)) continue
    for (const statement of [
      `drop table if exists ${to}`,
      `create table ${to} as table ${from}`,
      `alter table ${to} add primary key (id)`,
      `vacuum analyze ${to}`,
    ]) {
      await database.query(statement)
    }
  }
}

/** The primary key is made last: where it is, the copy is whole. A table that was seeded anew has other rows. */
async function isCopy(database: Database, from: string, to: string): Promise<boolean> {
  const [key] = await database.query<{ there: boolean }>(
    'select to_regclass($1) is not null as there',
    [`${to}_pkey`],
  )
  if (!key?.there) return false
  const [rows] = await database.query<{ same: boolean }>(
    `select (select count(*) from ${from}) = (select count(*) from ${to}) as same`,
  )
  return rows?.same === true
}
