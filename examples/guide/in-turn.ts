/** Is told the share that is done. */
export type Report = (share: number) => void

/** Measures one after the other; each reports the share of itself that is done, which makes that of the whole. */
export async function inTurn<T, R>(
  report: Report,
  items: readonly T[],
  measure: (item: T, report: Report) => Promise<R>,
): Promise<[R, ...R[]]> {
  const results: R[] = []
  for (const [i, item] of items.entries()) {
    const part: Report = (share) => report((i + share) / items.length)
    part(0)
    results.push(await measure(item, part))
  }
  const [first, ...rest] = results
  if (first === undefined) throw new Error('there is nothing to measure')
  return [first, ...rest]
}
