/** How long a value may be used, as asked for by options. All in milliseconds. */
export interface Lifetime {
  /** Fresh for this long; 0 = stale at once. */
  readonly ttl: number
  /** Servable while stale for this much longer. */
  readonly grace: number
  /** Takes the place of `ttl` for `null`; undefined = ttl. */
  readonly negativeTtl: number | undefined
  /** Largest share of the ttl that is taken off at random, so that entries stored together do not end together. */
  readonly jitter: number
}

/** The same as instants of the process's monotonic clock, whole milliseconds, rounded so that life only gets shorter. */
export interface Deadlines {
  readonly storedAt: number
  readonly freshUntil: number
  readonly staleUntil: number
}

/** Milliseconds this value may be kept in all. */
export function lifeOf({ ttl, grace, negativeTtl }: Lifetime, value: unknown): number {
  return (value === null ? (negativeTtl ?? ttl) : ttl) + grace
}

/** `random` is a number in [0, 1). */
export function deadlinesOf(
  lifetime: Lifetime,
  value: unknown,
  now: number,
  random: number,
): Deadlines {
  const ttl = value === null ? (lifetime.negativeTtl ?? lifetime.ttl) : lifetime.ttl
  const freshUntil = Math.floor(now + ttl * (1 - lifetime.jitter * random))
  return {
    storedAt: Math.floor(now),
    freshUntil,
    staleUntil: freshUntil + Math.floor(lifetime.grace),
  }
}

/** The same deadlines, none of them later than `longest` milliseconds after `from`. */
export function capDeadlines(deadlines: Deadlines, from: number, longest: number): Deadlines {
  const end = Math.floor(from + longest)
  if (deadlines.staleUntil <= end) return deadlines
  return {
    storedAt: deadlines.storedAt,
    freshUntil: Math.min(deadlines.freshUntil, end),
    staleUntil: end,
  }
}

/**
 * When a process begins to revalidate ahead of time (XFetch: Vattani, Chierichetti, Lowenstein, "Optimal Probabilistic
 * Cache Stampede Prevention", VLDB 2015). The paper draws at every read; one draw per process and entry has the same
 * distribution over processes and costs a hit nothing. `random` is a number in (0, 1].
 */
export function earlyRefreshAt(
  freshUntil: number,
  loadTime: number,
  beta: number,
  random: number,
): number {
  return beta === 0 ? freshUntil : Math.floor(freshUntil + loadTime * beta * Math.log(random))
}
