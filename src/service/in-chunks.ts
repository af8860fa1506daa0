/** What is asked of the tiers together: their round trips are shared, and nobody else waits long behind them. */
const MOST = 100

/** How many of them at first, where they may be large. */
const FIRST = 10

/** What those of a chunk may have together, by those before them. */
const TOGETHER = 8 * 2 ** 20

/**
 * Runs `work` for all, a chunk at a time, and gives the results in order. After a failure the rest is not begun. `sizeOf`: bytes
 * of a result; the larger they are, the fewer are asked for at once.
 */
export async function inChunks<T, R>(
  all: readonly T[],
  work: (one: T) => Promise<R>,
  sizeOf?: (result: R) => number,
): Promise<R[]> {
  const results: R[] = []
  let next = sizeOf === undefined ? MOST : FIRST
  while (results.length < all.length) {
    const from = results.length
    const chunk = await Promise.all(all.slice(from, from + next).map(work))
    results.push(...chunk)
    if (sizeOf === undefined) continue
    const bytes = chunk.reduce((sum, one) => sum + sizeOf(one), 0)
    next = Math.min(MOST, Math.max(1, Math.floor((TOGETHER * chunk.length) / Math.max(1, bytes))))
  }
  return results
}
