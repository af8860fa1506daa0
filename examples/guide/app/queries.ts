import type { Database } from '../../demo/database.js'
import type { Tables } from './tables.js'

export interface User {
  readonly id: number
  readonly name: string
}
export interface Post {
  readonly id: number
  readonly user_id: number
  readonly title: string
  readonly body: string
  readonly views: number
  readonly published_at: Date
}
export interface Comment {
  readonly id: number
  readonly post_id: number
  readonly user_id: number
  readonly body: string
}

export const shown = { postsOfUser: 10, latestPosts: 20, comments: 5 } as const

export interface QueryOptions {
  readonly tables: Tables
  /** Only the columns that are used; else all there are. */
  readonly columns: boolean
  /** Only the rows that are shown; else all there are. */
  readonly limit: boolean
}

export type Queries = ReturnType<typeof createQueries>

/** The SQL of the application. Whoever calls cuts to what is shown: without `limit` there may be more. */
export function createQueries(database: Database, { tables, columns, limit }: QueryOptions) {
  const only = (names: string) => (columns ? names : '*')
  const atMost = (count: number) => (limit ? `limit ${count}` : '')
  const { users, posts, comments } = tables

  const usersById = `select ${only('id, name')} from ${users} where id = any($1::int[])`
  const postsById = `
    select ${only('id, user_id, title, body, views, published_at')} from ${posts}
    where id = any($1::int[]) and status = 'published'`
  const postsOfUser = `
    select ${only('id, user_id, title, body, views, published_at')} from ${posts}
    where user_id = $1 and status = 'published'
    order by published_at desc ${atMost(shown.postsOfUser)}`
  const latestPosts = `
    select ${only('id, user_id, title, views, published_at')} from ${posts}
    where status = 'published' order by published_at desc ${atMost(shown.latestPosts)}`
  const commentsOfPosts = `
    select found.* from unnest($1::int[]) as wanted (id) cross join lateral (
      select ${only('id, post_id, user_id, body')} from ${comments}
      where post_id = wanted.id order by id desc ${atMost(shown.comments)}) as found
    order by post_id, id desc`
  const countComments = `
    select post_id, count(*)::int as comments from ${comments}
    where post_id = any($1::int[]) group by post_id`
  const retitle = `
    update ${posts} set title = $2 where id = $1 and status = 'published' returning user_id`

  return {
    async users(ids: readonly number[]): Promise<Map<number, User>> {
      return byId(await database.query<User>(usersById, [ids]))
    },
    async posts(ids: readonly number[]): Promise<Map<number, Post>> {
      return byId(await database.query<Post>(postsById, [ids]))
    },
    postsOfUser: (userId: number) => database.query<Post>(postsOfUser, [userId]),
    latestPosts: () => database.query<Omit<Post, 'body'>>(latestPosts),
    /** The latest of each post; of a post without comments an empty list. */
    async comments(postIds: readonly number[]): Promise<Map<number, Comment[]>> {
      const found = new Map(postIds.map((id): [number, Comment[]] => [id, []]))
      for (const comment of await database.query<Comment>(commentsOfPosts, [postIds])) {
        found.get(comment.post_id)?.push(comment)
      }
      return found
    },
    async commentCounts(postIds: readonly number[]): Promise<Map<number, number>> {
      type Row = { readonly post_id: number; readonly comments: number }
      const counts = new Map(postIds.map((id): [number, number] => [id, 0]))
      for (const row of await database.query<Row>(countComments, [postIds])) {
        counts.set(row.post_id, row.comments)
      }
      return counts
    },
    /** Resolves whose post it is; undefined: there is no such post. */
    async retitle(id: number, title: string): Promise<number | undefined> {
      return (await database.query<{ user_id: number }>(retitle, [id, title]))[0]?.user_id
    },
  }
}

function byId<Row extends { readonly id: number }>(rows: readonly Row[]): Map<number, Row> {
  return new Map(rows.map((row) => [row.id, row]))
}
