/** With commas between thousands; what was not measured is a dash. */
export function formatNumber(value: number | null, digits: number): string {
  if (value === null) return '-'
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}
