import type { Cache } from 'strata-cache'
import type { Blog } from './blog.js'
import type { Queries } from './queries.js'
import { sourceOf } from './source.js'

/** The same pages with a cache. This file is the example; the rest of the demo is there to measure it. */
export function createCachedBlog(cache: Cache, queries: Queries): Blog {
  const post = cache.define('post', {
    key: (id: number) => id,
    load: (id) => queries.post(id),
    tags: (id) => [`post:${id}`],
  })
  const comments = cache.define('comments', {
    key: (postId: number) => postId,
    load: (postId) => queries.comments(postId),
    tags: (postId) => [`post:${postId}`],
  })
  // `batch` joins the calls of one turn of the event loop: twenty commenters are one query, asked for one by one.
  const author = cache.define('author', {
    key: (id: number) => id,
    loadMany: (ids) => queries.authors(ids),
    by: (row) => row.id,
    batch: true,
  })

  return {
    async popular() {
      // `read` is `get` that also says where the value came from. A handler that does not show it calls `get`.
      const popular = await cache.read('popular', () => queries.popular(), { ttl: '30s' })
      return { body: { posts: popular.value }, source: sourceOf([popular]) }
    },

    async dashboard() {
      // Five aggregates over all rows under one key: one load, however many people look at the page.
      const dashboard = await cache.read('dashboard', () => queries.dashboard(), { ttl: '1m' })
      return { body: dashboard.value, source: sourceOf([dashboard]) }
    },

    async post(id) {
      const [page, discussion] = await Promise.all([post.read(id), comments.read(id)])
      if (!page.value) return { body: undefined, source: sourceOf([page, discussion]) }
      const writer = author.read(page.value.authorId)
      const commenters = discussion.value.map((comment) => author.read(comment.authorId))
      const authors = await Promise.all([writer, ...commenters])
      const [name, ...names] = authors.map((reading) => reading.value?.name)
      return {
        body: {
          ...page.value,
          author: name,
          comments: discussion.value.map((comment, i) => ({
            author: names[i],
            body: comment.body,
          })),
        },
        source: sourceOf([page, discussion, ...authors]),
      }
    },

    async rename(id, title) {
      await queries.rename(id, title)
      // After the write, never before it: a load that began before this line cannot bring the old title back.
      return cache.invalidateTags(`post:${id}`)
    },
  }
}
