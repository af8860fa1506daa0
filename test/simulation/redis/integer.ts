const LARGEST = 2n ** 63n - 1n
const SMALLEST = -(2n ** 63n)
const SAFE = /^(?:0|-?[1-9]\d{0,14})$/
const WHOLE = /^(?:0|-?[1-9]\d{0,18})$/

/**
 * A signed 64-bit integer as Redis reads one (no blanks, no plus, no leading zeros); undefined for anything else. Beyond
 * 2^53 it is rounded: good enough for what such numbers are used for here, which is being out of range.
 */
export function parseInteger(bytes: Buffer): number | undefined {
  const text = bytes.toString('latin1')
  if (SAFE.test(text)) return Number(text)
  if (!WHOLE.test(text)) return undefined
  const exact = BigInt(text)
  return exact > LARGEST || exact < SMALLEST ? undefined : Number(exact)
}

/** The largest instant or length that fits. */
export const MAX_INTEGER = 2 ** 63
