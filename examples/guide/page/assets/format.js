/** Numbers as people read them. */

/** @param {number} value three significant digits */
const short = (value) => Number(value.toPrecision(3)).toLocaleString('en')

/** @param {number} ms */
export function duration(ms) {
  if (ms < 1) return `${short(ms * 1_000)} µs`
  return ms < 1_000 ? `${short(ms)} ms` : `${short(ms / 1_000)} s`
}

/** @param {number} perSecond */
export const rate = (perSecond) => short(perSecond)

/** @param {number} value */
export const factor = (value) => `${Number(value.toPrecision(2)).toLocaleString('en')}×`
