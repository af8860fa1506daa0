import type { Cache, Defined } from 'strata-cache'
import type { Comment, Post, Queries, User } from './queries.js'
import { tagOf } from './tags.js'

/** What the pages are made of. Where it comes from is not their business. */
export interface Library {
  user(id: number): Promise<User | undefined>
  post(id: number): Promise<Post | undefined>
  postsOfUser(id: number): Promise<readonly Post[]>
  latestPosts(): Promise<readonly Omit<Post, 'body'>[]>
  comments(postId: number): Promise<readonly Comment[]>
  commentCount(postId: number): Promise<number>
}

export interface LibraryOptions {
  /** Join single loads of one turn of the event loop into one query. */
  readonly batch: boolean
  /** How a definition is asked. */
  readonly ask?: Ask
}
export type Ask = <Got>(
  name: string,
  defined: Defined<number, unknown, Got>,
  id: number,
) => Promise<Got>

const plainly: Ask = (_name, defined, id) => defined(id)

export function createLibrary(
  cache: Cache,
  queries: Queries,
  { batch, ask = plainly }: LibraryOptions,
): Library {
  const key = (id: number): number => id

  /** Of a query that takes many ids: all of a turn at once, or one query for each. */
  function entity<V>(
    name: string,
    loadMany: (ids: number[]) => Promise<Map<number, V>>,
    tags: (id: number) => string[],
  ): (id: number) => Promise<V | undefined> {
    const defined: Defined<number, V | undefined> = batch
      ? cache.define<number, V | undefined>(name, { key, tags, loadMany, batch: true })
      : cache.define(name, { key, tags, load: async (id) => (await loadMany([id])).get(id) })
    return (id) => ask(name, defined, id)
  }

  /** Of a query that takes one. */
  function list<V>(name: string, load: (id: number) => Promise<V>, tags: (id: number) => string[]) {
    const defined = cache.define(name, { key, tags, load })
    return (id: number) => ask(name, defined, id)
  }

  const comments = entity('comments', queries.comments, (id) => [tagOf.post(id)])
  const commentCount = entity('comment-count', queries.commentCounts, (id) => [tagOf.post(id)])
  const latest = list(
    'latest-posts',
    () => queries.latestPosts(),
    () => [tagOf.latest],
  )
  return {
    user: entity('user', queries.users, (id) => [tagOf.user(id)]),
    post: entity('post', queries.posts, (id) => [tagOf.post(id)]),
    postsOfUser: list('posts-of-user', queries.postsOfUser, (id) => [tagOf.postsOfUser(id)]),
    latestPosts: () => latest(0),
    comments: async (postId) => (await comments(postId)) ?? [],
    commentCount: async (postId) => (await commentCount(postId)) ?? 0,
  }
}
