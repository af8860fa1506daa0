import type { Database } from './database.js'

export interface Author {
  readonly id: number
  readonly name: string
}
export interface Post {
  readonly id: number
  readonly authorId: number
  readonly title: string
  readonly body: string
  readonly views: number
  readonly publishedAt: Date
}
export interface Comment {
  readonly id: number
  readonly authorId: number
  readonly body: string
}
export interface PopularPost {
  readonly id: number
  readonly title: string
  readonly author: string
  readonly comments: number
}
export type Dashboard = Readonly<Record<keyof typeof aggregates, readonly object[]>>

export type Queries = ReturnType<typeof createQueries>

/** The blog's SQL: what an application has before it has a cache. */
export function createQueries(database: Database) {
  return {
    popular: () => database.query<PopularPost>(popular),
    post: async (id: number) => (await database.query<Post>(post, [id]))[0] ?? null,
    comments: (postId: number) => database.query<Comment>(comments, [postId]),
    authors: (ids: readonly number[]) => database.query<Author>(authors, [ids]),
    rename: (id: number, title: string) => database.query(rename, [id, title]),
    async dashboard(): Promise<Dashboard> {
      const ask = async ([name, sql]: [string, string]) => [name, await database.query<object>(sql)]
      return Object.fromEntries(await Promise.all(Object.entries(aggregates).map(ask)))
    },
  }
}

const popular = `
  select p.id, p.title, a.name as author, r.comments
  from (select post_id, count(*)::int as comments
        from (select post_id from comments order by id desc limit 20000) as recent
        group by post_id order by comments desc, post_id limit 20) as r
  join posts p on p.id = r.post_id join authors a on a.id = p.author_id
  order by r.comments desc, p.id`

const post = `
  select id, author_id as "authorId", title, body, views, published_at as "publishedAt" from posts where id = $1`

const comments = `
  select id, author_id as "authorId", body from comments where post_id = $1 order by id desc limit 20`

const authors = 'select id, name from authors where id = any($1::int[])'

const rename = 'update posts set title = $2 where id = $1'

const aggregates = {
  totals:
    'select count(*)::int as posts, sum(views)::float8 as views, max(views) as most from posts',
  months: `select date_trunc('month', published_at) as month, count(*)::int as posts from posts
           group by 1 order by 1 desc limit 12`,
  authors: `select a.name, t.views from authors a join
              (select author_id, sum(views)::float8 as views from posts group by author_id order by views desc limit 10) as t
              on a.id = t.author_id order by t.views desc`,
  commenters: `select author_id as "authorId", count(*)::int as comments from comments
               group by author_id order by comments desc, author_id limit 10`,
  read: 'select id, title, views from posts order by views desc, id limit 10',
}
