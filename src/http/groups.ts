import { trimOws } from './field-list.js'
import { type Fields, linesOf } from './fields.js'
import { parseStringList } from './structured-field.js'

/**
 * The groups a response belongs to (RFC 9875 section 2): opaque, case-sensitive, and of its origin only: the same name at two
 * origins is two groups. None if the field is invalid.
 */
export function cacheGroups(fields: Fields): readonly string[] {
  return groupsIn(fields, 'cache-groups')
}

/**
 * The groups a response asks to invalidate at its origin (RFC 9875 section 3). Only that to an unsafe method may: the caller
 * asks `isSafe`.
 */
export function groupInvalidations(fields: Fields): readonly string[] {
  return groupsIn(fields, 'cache-group-invalidation')
}

/** Tags that CDNs invented before: `Surrogate-Key: a b`, `Cache-Tag: a, b`. */
export function surrogateTags(fields: Fields): readonly string[] {
  const keys = linesOf(fields, 'surrogate-key').flatMap((line) => line.split(/[ \t]/))
  const tags = linesOf(fields, 'cache-tag').flatMap((line) => line.split(',').map(trimOws))
  return [...new Set([...keys, ...tags].filter((tag) => tag !== ''))]
}

/** Each once, however many there are: a bound is for whoever stores them, who must not lose one. */
function groupsIn(fields: Fields, name: string): readonly string[] {
  return [...new Set(parseStringList(linesOf(fields, name)) ?? [])]
}
