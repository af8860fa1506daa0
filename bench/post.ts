/** The value of every benchmark: a row as a database gives it, about 400 bytes as JSON. */
export interface Post {
  readonly id: number
  readonly slug: string
  readonly title: string
  readonly body: string
  readonly author: { readonly id: number; readonly name: string }
  readonly tags: readonly string[]
  readonly likes: number
  readonly draft: boolean
  readonly publishedAt: string
}

const BODY =
  'Most pages are read far more often than they change, so the cheapest query is the one that is not sent. ' +
  'Keep what was loaded, say for how long, and forget it when it changes: the rest is plumbing.'

/** A new object each time: a cache that freezes what it keeps must not freeze what another one measures. */
export function createPost(id: number): Post {
  return {
    id,
    slug: `a-post-about-caching-${id}`,
    title: `Post number ${id}, about caching`,
    body: BODY,
    author: { id: id % 97, name: `Author ${id % 97}` },
    tags: ['performance', 'node', 'cache'],
    likes: (id * 7919) % 10_000,
    draft: false,
    publishedAt: '2024-05-17T08:30:00.000Z',
  }
}

export function postKey(id: number): string {
  return `post:${id}`
}

/** The post of a key made by `postKey`. */
export function postOf(key: string): Post {
  return createPost(Number(key.slice(5)))
}

export function postKeys(count: number, from = 0): string[] {
  return Array.from({ length: count }, (_, index) => postKey(from + index))
}
