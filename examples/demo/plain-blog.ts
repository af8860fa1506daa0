import type { Answer, Blog } from './blog.js'
import type { Queries } from './queries.js'

/** Every page from the database, every time: what the cached one is compared with. */
export function createPlainBlog(queries: Queries): Blog {
  return {
    popular: async () => answer({ posts: await queries.popular() }),
    dashboard: async () => answer(await queries.dashboard()),
    async post(id) {
      const [post, comments] = await Promise.all([queries.post(id), queries.comments(id)])
      if (!post) return answer(undefined)
      // Without a cache to batch the calls, the joining of the ids is the handler's work.
      const ids = [...new Set([post.authorId, ...comments.map((comment) => comment.authorId)])]
      const names = new Map((await queries.authors(ids)).map((author) => [author.id, author.name]))
      return answer({
        ...post,
        author: names.get(post.authorId),
        comments: comments.map((comment) => ({
          author: names.get(comment.authorId),
          body: comment.body,
        })),
      })
    },
    async rename(id, title) {
      await queries.rename(id, title)
      return 'applied'
    },
  }
}

const answer = (body: object | undefined): Answer => ({ body, source: 'database' })
