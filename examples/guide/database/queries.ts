import type { Database } from '../../demo/database.js'

type Queries = Pick<Database, 'query'>

export interface User {
  readonly id: number
  readonly name: string
  readonly country: string
}
export interface FoundPost {
  readonly id: number
  readonly title: string
}

const user = 'select id, name, country from users where'

/** A query that costs next to nothing: the database's share of it is smaller than the way there. */
export async function userById(database: Queries, id: number): Promise<User | null> {
  return (await database.query<User>(`${user} id = $1`, [id]))[0] ?? null
}

export function usersByIds(database: Queries, ids: readonly number[]): Promise<User[]> {
  return database.query<User>(`${user} id = any($1::int[])`, [ids])
}

/** A query that costs: no index helps to find words in the middle of a title, so it looks at every post. */
export function searchPosts(database: Queries, words: string): Promise<FoundPost[]> {
  return database.query<FoundPost>(
    `select id, title from posts where title like '%' || $1 || '%' order by views desc, id limit 20`,
    [words],
  )
}

/** Words that are found: titles without their beginning, all different. */
export async function wordsToFind(database: Queries, count: number): Promise<string[]> {
  const titles = await database.query<{ title: string }>(
    'select title from posts group by title order by min(id) limit $1',
    [count],
  )
  return titles.map(({ title }) => title.replace('How we ', ''))
}
