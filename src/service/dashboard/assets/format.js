/** Numbers, lengths of time and instants as people read them. */

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { maximumFractionDigits: 1 })
const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })

/** @param {number} value */
export function count(value) {
  return grouped.format(value)
}

/** @param {number} value */
export function rate(value) {
  return value < 100 ? short.format(value) : grouped.format(value)
}

/** @param {number | undefined} part 0 .. 1; undefined: of nothing */
export function percent(part) {
  return part === undefined ? '–' : `${short.format(part * 100)} %`
}

/**
 * In powers of 1,024, as the options are: a cache of '64mb' has 64 MB.
 *
 * @param {number} value
 */
export function bytes(value) {
  if (value < 1_024) return `${value} B`
  const units = ['kB', 'MB', 'GB', 'TB']
  let size = value
  let unit = 'B'
  for (const larger of units) {
    if (size < 1_024) break
    size /= 1_024
    unit = larger
  }
  return `${short.format(size)} ${unit}`
}

/** @param {number} ms */
export function milliseconds(ms) {
  if (ms < 1) return `${Number(ms.toPrecision(2))} ms`
  return ms < 1_000 ? `${short.format(ms)} ms` : duration(ms)
}

/** @param {number} ms */
export function duration(ms) {
  const seconds = ms / 1_000
  if (seconds < 60) return `${short.format(seconds)} s`
  const parts = /** @type {const} */ ([
    [86_400, 'd'],
    [3_600, 'h'],
    [60, 'min'],
    [1, 's'],
  ])
  let left = Math.round(seconds)
  const words = []
  for (const [length, unit] of parts) {
    const whole = Math.floor(left / length)
    left -= whole * length
    if (whole > 0) words.push(`${whole} ${unit}`)
  }
  return words.slice(0, 2).join(' ')
}

/** @param {number} at wall-clock milliseconds */
export function timeOf(at) {
  const isRecent = Math.abs(Date.now() - at) < 43_200_000
  return (isRecent ? clock : day).format(at)
}
