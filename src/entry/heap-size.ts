/**
 * What a value weighs in V8's heap (64 bit, no pointer compression), in bytes. Estimates: strings and objects that are
 * shared are counted each time, since a tier that keeps bytes writes them each time.
 */
export const OBJECT_BYTES = 24
export const SLOT_BYTES = 8
export const ARRAY_BYTES = 48
export const DATE_BYTES = 96
export const REGEXP_BYTES = 160
export const ERROR_BYTES = 400
export const VIEW_BYTES = 192
export const COLLECTION_BYTES = 96
export const MAP_ENTRY_BYTES = 40
export const SET_ENTRY_BYTES = 24
/** A property beyond this many makes V8 use a hash table, which then also owns the names. */
export const MOST_FAST_PROPERTIES = 128
export const DICTIONARY_ENTRY_BYTES = 64

const HEADER_BYTES = 16
const HEAP_NUMBER_BYTES = 16

export function numberBytes(value: number): number {
  return (value | 0) === value ? 0 : HEAP_NUMBER_BYTES
}

export function bigintBytes(value: bigint): number {
  if (value === BigInt.asIntN(64, value)) return HEADER_BYTES + 8
  return HEADER_BYTES + Math.ceil(value.toString(16).length / 2)
}

/** A string outside Latin-1 takes two bytes a unit. Three units are looked at, not all: text rarely changes its script. */
export function stringBytes(text: string): number {
  const length = text.length
  if (length === 0) return 0
  const units = text.charCodeAt(0) | text.charCodeAt(length >> 1) | text.charCodeAt(length - 1)
  return HEADER_BYTES + (units > 0xff ? length * 2 : length)
}
