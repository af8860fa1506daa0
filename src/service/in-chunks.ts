/** What is asked of the tiers together: their round trips are shared, and nobody else waits long behind them. */
const CHUNK = 100

/** Runs `work` for all, a chunk at a time, and gives the results in order. After a failure the rest is not begun. */
export async function inChunks<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = []
  for (let from = 0; from < all.length; from += CHUNK) {
    results.push(...(await Promise.all(all.slice(from, from + CHUNK).map(work))))
  }
  return results
}
