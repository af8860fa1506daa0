import { InvalidOptionError } from '../errors.js'

/** Milliseconds as a number, or a number with a unit: `'250ms'`, `'30s'`, `'5m'`, `'2h'`, `'7d'`. */
export type Duration = number | `${number}${'ms' | 's' | 'm' | 'h' | 'd'}`

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
}

/** The longest lifetime: a year. */
export const LONGEST: number = 365 * 86_400_000

export interface DurationRange {
  /** Milliseconds, default 0. */
  readonly min?: number
  /** Milliseconds, default 365 days. */
  readonly max?: number
}

/** Milliseconds. Throws `InvalidOptionError` naming `option` for anything that is not a duration within the range. */
export function parseDuration(value: unknown, option: string, range: DurationRange = {}): number {
  const { min = 0, max = LONGEST } = range
  const ms = typeof value === 'string' ? fromText(value) : value
  if (typeof ms !== 'number' || !(ms >= min && ms <= max)) {
    throw new InvalidOptionError(
      option,
      value,
      `milliseconds as a number or a string with a unit ('250ms' '30s' '5m' '2h' '7d'), ${formatDuration(min)} .. ${formatDuration(max)}`,
    )
  }
  return ms
}

/** The shortest exact text: 300000 -> `5m`. */
export function formatDuration(ms: number): string {
  for (const unit of ['d', 'h', 'm', 's']) {
    const size = UNITS[unit] ?? 1
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`
  }
  return ms === 0 ? '0' : `${ms}ms`
}

function fromText(text: string): number {
  const match = /^(\d{1,15}(?:\.\d{1,9})?)(ms|s|m|h|d)$/.exec(text)
  return match === null ? Number.NaN : Number(match[1]) * (UNITS[match[2] ?? ''] ?? Number.NaN)
}
