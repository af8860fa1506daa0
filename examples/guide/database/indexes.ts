import type { Database } from '../../demo/database.js'

/** The indexes beside those of the primary keys. They come and go: rows and switches show what each is for. */
const indexes = {
  usersByEmail: 'on users (email)',
  postsByUser: 'on posts (user_id, published_at desc)',
  publishedPosts: `on posts (published_at) where status = 'published'`,
  commentsByPost: 'on comments (post_id, id)',
} as const
export type IndexName = keyof typeof indexes

const indexNames = Object.keys(indexes) as IndexName[]

/** What stands after the index's name in `create index`. */
export const definitionOf = (name: IndexName): string => indexes[name]

const inSql = (name: IndexName) => `guide_${name.toLowerCase()}`

/** Makes those of these that do not exist. */
export async function createIndexes(
  database: Database,
  names: readonly IndexName[] = indexNames,
): Promise<void> {
  for (const name of names)
    await database.query(`create index if not exists ${inSql(name)} ${indexes[name]}`)
}

export async function dropIndexes(
  database: Database,
  names: readonly IndexName[] = indexNames,
): Promise<void> {
  for (const name of names) await database.query(`drop index if exists ${inSql(name)}`)
}
