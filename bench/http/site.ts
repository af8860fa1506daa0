import { createHash } from 'node:crypto'
import { createPost, type Post } from '../post.js'

/** Posts that are asked for. */
export const POSTS = 100

/** About 1 kB as JSON: a post with the names of who liked it. */
export interface PostPage extends Post {
  readonly likedBy: readonly string[]
}

/** What every server serves; `made` counts the posts it made, so that a hit can be told from a miss. */
export class Site {
  made = 0

  post(id: string): PostPage {
    this.made++
    const likedBy = Array.from({ length: 36 }, (_, index) => `Reader ${1_000 + Number(id) + index}`)
    return { ...createPost(Number(id)), likedBy }
  }

  /** A route that nobody caches. */
  hello(name: string): { readonly hello: string; readonly served: true } {
    return { hello: name, served: true }
  }

  /** The same as text. */
  text(name: string): string {
    return `Hello ${name}`
  }
}

/** A post as a handler with a cache of its own keeps it: nothing of it is made anew on a hit. */
export interface Page {
  readonly text: string
  readonly etag: string
}

export function pageOf(post: PostPage): Page {
  const text = JSON.stringify(post)
  return { text, etag: `"${createHash('sha1').update(text).digest('base64url')}"` }
}

/** Strata says so of a cached post by itself; a handler with a cache of its own says it too. */
export const JSON_TYPE = 'application/json; charset=utf-8'
export const TEXT_TYPE = 'text/plain; charset=utf-8'
export const CLIENT = 'no-cache'

/** Milliseconds that a post is kept, by everybody. */
export const TTL = 3_600_000
