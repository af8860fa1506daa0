/** What is made of a row carries a tag of it; whoever changes the row names the same tags. */
export const tagOf = {
  user: (id: number | string): string => `user:${id}`,
  post: (id: number | string): string => `post:${id}`,
  postsOfUser: (userId: number | string): string => `posts-of-user:${userId}`,
  latest: 'latest-posts',
} as const

/** All that shows a post of this author. */
export const tagsOfPost = (id: number, userId: number): string[] => [
  tagOf.post(id),
  tagOf.postsOfUser(userId),
  tagOf.latest,
]
