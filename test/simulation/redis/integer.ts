const LARGEST = 2n ** 63n - 1n
const SMALLEST = -(2n ** 63n)
const WHOLE = /^(?:0|-?[1-9]\d{0,18})$/

/** A signed 64-bit integer as Redis reads one: no blanks, no plus, no leading zeros. Undefined for anything else. */
export function parseLong(bytes: Buffer): bigint | undefined {
  const text = bytes.toString('latin1')
  return WHOLE.test(text) ? asLong(BigInt(text)) : undefined
}

/** Undefined when it does not fit. */
export function asLong(value: bigint): bigint | undefined {
  return value > LARGEST || value < SMALLEST ? undefined : value
}

/** The same, rounded beyond 2^53: lengths and instants so large are only ever refused. */
export function parseInteger(bytes: Buffer): number | undefined {
  const long = parseLong(bytes)
  return long === undefined ? undefined : Number(long)
}

/** No instant and no length is larger. */
export const MAX_INTEGER = 2 ** 63
