import type { Cache } from 'strata-cache'
import { compare } from '../compare.js'
import { type Counted, counted } from '../database/counted.js'
import { type User, userById, usersByIds } from '../database/queries.js'
import { inTurn, type Report } from '../in-turn.js'
import type { Link } from '../network/link.js'
import type { Parts } from '../parts.js'
import type { Case, Row } from '../row.js'

interface Post {
  readonly id: number
  readonly title: string
  readonly userId: number
}
type FindUser = (id: number) => Promise<User | null>

const postCount = 100

/** A page of posts with their authors, four times. The cache is emptied each time: what counts is the batch, not a hit. */
export const nPlusOne: Row = {
  name: 'n-plus-one',
  system: 'Replace the N+1 queries of a loop by one query for all',
  claim: { text: '50x (101 queries to 2)', factor: 50 },
  ran: `${postCount} posts with their authors: a query in a loop, \`Promise.all\`, \`getMany\`, and \`define({ batch: true })\` under the handler as it was`,
  async run(parts, report) {
    return {
      cases: await inTurn(report, parts.links, (link, report) => measure(parts, link, report)),
      notes: [
        'The handler with `Promise.all` is one function: only the `findUser` that it is given differs.',
        'A handler that awaits its queries one by one in a loop asks for nothing at once, so there is nothing to batch.',
      ],
    }
  },
}

async function measure(
  { budget, openCache }: Parts,
  { when, database }: Link,
  report: Report,
): Promise<Case> {
  const queries = counted(database)
  const find: FindUser = (id) => userById(queries, id)
  const cache = await openCache({ namespace: 'guide-n-plus-one', ttl: '5m' })
  const user = cache.define('user', {
    key: (id: number) => id,
    loadMany: (ids) => usersByIds(queries, ids),
    by: (row) => row.id,
    batch: true,
    negative: true,
  })
  const way = (label: string, work: () => Promise<object[]>) => {
    let taken = 0
    return {
      label,
      before: () => cache.clear(),
      async run() {
        queries.taken()
        const page = await work()
        taken = queries.taken()
        return page
      },
      detail: () => `${taken} queries`,
    }
  }
  return compare(
    when,
    [
      way('one by one in a loop', () => oneByOne(queries, find)),
      way('`Promise.all`, through the pool', () => allAtOnce(queries, find)),
      way('`cache.getMany`', () => joinedByHand(queries, cache)),
      way('`Promise.all`, `define({ batch: true })`', () => allAtOnce(queries, user)),
    ],
    { budget, report },
  )
}

const latestPosts = (database: Counted) =>
  database.query<Post>(
    `select id, title, user_id as "userId" from posts order by id desc limit ${postCount}`,
  )

const withAuthor = (post: Post, author: User | null | undefined) => ({
  title: post.title,
  author: author?.name,
})

async function oneByOne(database: Counted, findUser: FindUser) {
  const page: object[] = []
  for (const post of await latestPosts(database))
    page.push(withAuthor(post, await findUser(post.userId)))
  return page
}

async function allAtOnce(database: Counted, findUser: FindUser) {
  const posts = await latestPosts(database)
  return Promise.all(posts.map(async (post) => withAuthor(post, await findUser(post.userId))))
}

async function joinedByHand(database: Counted, cache: Cache) {
  const posts = await latestPosts(database)
  const ids = posts.map(({ userId }) => userId)
  const users = await cache.getMany(ids, {
    key: (id) => `user:${id}`,
    load: (missing) => usersByIds(database, missing),
    by: (row) => row.id,
  })
  return posts.map((post) => withAuthor(post, users.get(post.userId)))
}
