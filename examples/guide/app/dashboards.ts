/** Paths of users who write much: each has ten posts to show. */
export const dashboards: readonly string[] = Array.from(
  { length: 40 },
  (_, n) => `/users/${n + 1}/dashboard`,
)
