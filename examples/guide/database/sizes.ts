/** How many rows the tables have: as many posts as users, three comments a post. */
export interface Sizes {
  readonly users: number
  readonly posts: number
  readonly comments: number
}

export const sizesOf = (users: number): Sizes => ({ users, posts: users, comments: 3 * users })
