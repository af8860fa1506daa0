/** The value below which `share` of the numbers lie; NaN of none. */
export function quantileOf(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const medianOf = (numbers: readonly number[]): number => quantileOf(numbers, 0.5)

/** Milliseconds with three significant digits and a unit that fits. */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return '-'
  if (ms < 1) return `${Number((ms * 1000).toPrecision(ms < 0.1 ? 2 : 3))} µs`
  return ms < 1000 ? `${Number(ms.toPrecision(3))} ms` : `${(ms / 1000).toFixed(2)} s`
}
