import { trimOws } from './field-list.js'
import { type Fields, linesOf } from './fields.js'
import { parseStringList } from './structured-field.js'

/**
 * At most so many groups and tags of one response, each of at most so many bytes: those of a cache's own tags
 * (`limits.tagsPerEntry`, `limits.tagBytes`). RFC 9875 section 2 asks for at least 32 groups of 32 characters.
 */
const MOST_TAGS = 32
const LONGEST_TAG = 256

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
  return bounded([...keys, ...tags].filter((tag) => tag !== ''))
}

function groupsIn(fields: Fields, name: string): readonly string[] {
  return bounded(parseStringList(linesOf(fields, name)) ?? [])
}

/** Each once; what is too long, and what comes after enough, is left out. */
function bounded(names: readonly string[]): readonly string[] {
  const fitting = names.filter((name) => Buffer.byteLength(name) <= LONGEST_TAG)
  return [...new Set(fitting)].slice(0, MOST_TAGS)
}
