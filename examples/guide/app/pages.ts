import type { Library } from './library.js'
import type { noveltyOf } from './novelty.js'
import { type Comment, type Post, shown } from './queries.js'

export interface PageParts {
  readonly library: Library
  readonly noveltyOf: typeof noveltyOf
}
export type Pages = ReturnType<typeof createPages>

/**
 * What the pages show. As it is written when nobody thinks of speed: each part asks for what it needs, one row at a time
 * (the N+1 queries: comments and their number for each post, a name for each comment). No switch changes a line of it.
 */
export function createPages({ library, noveltyOf }: PageParts) {
  const nameOf = async (userId: number) => (await library.user(userId))?.name ?? 'unknown'
  const commentersOf = (comments: readonly Comment[]) =>
    Promise.all(comments.map((comment) => nameOf(comment.user_id)))

  async function card(post: Post, before: Post | undefined) {
    const [comments, count] = await Promise.all([
      library.comments(post.id),
      library.commentCount(post.id),
    ])
    return {
      id: post.id,
      title: post.title,
      views: post.views,
      publishedAt: post.published_at,
      comments: count,
      latestBy: await commentersOf(comments.slice(0, shown.comments)),
      // what it says that the author's post before it did not
      novelty: noveltyOf(textOf(post), before ? textOf(before) : ''),
    }
  }

  return {
    async dashboard(userId: number) {
      const [user, posts] = await Promise.all([library.user(userId), library.postsOfUser(userId)])
      if (!user) return undefined
      const latest = posts.slice(0, shown.postsOfUser)
      const cards = await Promise.all(latest.map((post, i) => card(post, latest[i + 1])))
      return { id: user.id, name: user.name, posts: cards }
    },

    async latest() {
      const posts = (await library.latestPosts()).slice(0, shown.latestPosts)
      return {
        posts: await Promise.all(
          posts.map(async (post) => ({
            id: post.id,
            title: post.title,
            author: await nameOf(post.user_id),
            views: post.views,
            publishedAt: post.published_at,
          })),
        ),
      }
    },

    async post(id: number) {
      const [post, comments] = await Promise.all([library.post(id), library.comments(id)])
      if (!post) return undefined
      const latest = comments.slice(0, shown.comments)
      const [author, names] = await Promise.all([nameOf(post.user_id), commentersOf(latest)])
      return {
        id: post.id,
        title: post.title,
        body: post.body,
        author,
        views: post.views,
        publishedAt: post.published_at,
        comments: latest.map((comment, i) => ({ author: names[i], body: comment.body })),
      }
    },
  }
}

const textOf = ({ title, body }: Post): string => `${title}\n${body}`
