import { InvalidOptionError } from '../errors.js'

/**
 * A tag (or, with the empty name, the namespace itself) together with the two random ids of its current life. A value
 * belongs to the ids it was built under: another `hard` id makes it unusable, another `soft` id makes it stale.
 */
export interface Stamp {
  readonly name: string
  readonly hard: string
  readonly soft: string
}

export interface TagLimits {
  readonly tagsPerEntry: number
  /** UTF-8 bytes. */
  readonly tagBytes: number
}

const NONE: readonly string[] = Object.freeze([])

/** The tags without duplicates, frozen. Throws `InvalidOptionError` for anything that is not an array of good tags. */
export function parseTags(tags: unknown, limits: TagLimits): readonly string[] {
  if (tags === undefined) return NONE
  if (!Array.isArray(tags)) throw new InvalidOptionError('tags', tags, 'an array of strings')
  if (tags.length === 0) return NONE
  for (const tag of tags) assertTag(tag, limits.tagBytes)
  const unique = Object.freeze([...new Set(tags as string[])])
  if (unique.length > limits.tagsPerEntry) {
    throw new InvalidOptionError(
      'tags',
      tags,
      `at most ${limits.tagsPerEntry} tags (limits.tagsPerEntry)`,
    )
  }
  return unique
}

export function assertTag(tag: unknown, maxBytes: number): asserts tag is string {
  if (typeof tag !== 'string' || tag === '' || !tag.isWellFormed()) {
    throw new InvalidOptionError('tags', tag, 'non-empty strings of well-formed UTF-16')
  }
  if (Buffer.byteLength(tag) > maxBytes) {
    throw new InvalidOptionError('tags', tag, `at most ${maxBytes} bytes a tag (limits.tagBytes)`)
  }
}
