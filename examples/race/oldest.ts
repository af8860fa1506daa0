/** NaN of none, as the other quantiles are. */
export function oldestOf(ages: readonly number[]): number {
  return ages.length === 0 ? Number.NaN : ages.reduce((oldest, age) => Math.max(oldest, age))
}
