/** Where a value lies on an axis, as a share of its length, and where the axis has its marks. */
export interface Scale {
  readonly isLogarithmic: boolean
  at(value: number): number
  readonly ticks: readonly number[]
}

/** From this quotient of the largest and the smallest value on, a linear bar of the smallest could not be seen. */
const wide = 20

/** From nothing, or, where the values span decades, from the decade below the smallest. */
export function scaleOf(values: readonly number[]): Scale {
  const least = Math.min(...values)
  const most = Math.max(...values)
  return most / least >= wide ? logarithmic(least, most) : linear(most)
}

export function logarithmic(least: number, most: number): Scale {
  // A value on a power of ten keeps a bar that is seen: its axis begins a decade before.
  const from = Math.ceil(Math.log10(least)) - 1
  const to = Math.max(from + 1, Math.ceil(Math.log10(most)))
  return {
    isLogarithmic: true,
    at: (value) => (Math.log10(value) - from) / (to - from),
    ticks: Array.from({ length: to - from + 1 }, (_, n) => 10 ** (from + n)),
  }
}

function linear(most: number): Scale {
  const rough = most / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power
  const count = Math.ceil(most / step)
  return {
    isLogarithmic: false,
    at: (value) => value / (count * step),
    ticks: Array.from({ length: count + 1 }, (_, n) => n * step),
  }
}
