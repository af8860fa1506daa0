import { isToken, splitList, unquote } from './field-list.js'

/** The argument of a cache directive, as far as it can be used. */
export interface Argument {
  /** Undefined: no non-negative integer. */
  readonly seconds: number | undefined
  /** Lower case, at least one. Undefined: no list of field names. */
  readonly fieldNames: readonly string[] | undefined
}

/** One that is there and means nothing. */
export const BAD_ARGUMENT: Argument = Object.freeze({ seconds: undefined, fieldNames: undefined })

/** RFC 9111 section 1.2.2: what is larger counts as this many seconds, 68 years. */
export const MOST_SECONDS: number = 2 ** 31

/**
 * A token or a quoted string (RFC 9111 section 5.2); null for anything else. Field names count in a quoted string only:
 * senders should not write them as a token (section 5.2.2.7), and `private=true` names no field.
 */
export function argumentOf(text: string): Argument | null {
  const quoted = unquote(text)
  if (quoted === undefined && !isToken(text)) return null
  return {
    seconds: parseSeconds(quoted ?? text),
    fieldNames: quoted === undefined ? undefined : parseFieldNames(quoted),
  }
}

/** delta-seconds (RFC 9111 section 1.2.2), capped; undefined for anything else. */
export function parseSeconds(text: string): number | undefined {
  return /^\d+$/.test(text) ? Math.min(Number(text), MOST_SECONDS) : undefined
}

/** `#field-name` (RFC 9111 section 5.2.2.4), in lower case; undefined if one is none, or there are none. */
export function parseFieldNames(text: string): readonly string[] | undefined {
  const names = splitList([text]).map((name) => name.toLowerCase())
  return names.length > 0 && names.every(isToken) ? names : undefined
}
