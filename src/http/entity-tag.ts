import { trimOws } from './field-list.js'

/** RFC 9110 section 8.8.3. */
export interface EntityTag {
  readonly weak: boolean
  /** What stands between the quotes. */
  readonly opaque: string
}

// A backslash is a character as any other: it escapes nothing. Behind 7F comes obs-text, in whatever encoding it was read.
const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\uffff]*)"/y
const SEPARATOR = /[ \t]*(?:,[ \t]*)*/y

/** An ETag's value; undefined for anything but exactly one entity tag. `W/` is case-sensitive. */
export function parseEntityTag(text: string | undefined): EntityTag | undefined {
  if (text === undefined) return undefined
  const value = trimOws(text)
  const tag = tagAt(value, 0)
  return tag !== undefined && TAG.lastIndex === value.length ? tag : undefined
}

/**
 * The tags of If-Match or If-None-Match over all lines; `*` means any representation there is. What is malformed ends its
 * line: tags behind it do not count, so that at worst a whole representation is sent.
 */
export function parseEntityTags(lines: readonly string[]): readonly EntityTag[] | '*' {
  if (lines.length === 1 && trimOws(lines[0] as string) === '*') return '*'
  const tags: EntityTag[] = []
  for (const line of lines) readTags(line, tags)
  return tags
}

/** RFC 9110 section 8.8.3.2: the same bytes. */
export function strongMatch(a: EntityTag, b: EntityTag): boolean {
  return !a.weak && !b.weak && a.opaque === b.opaque
}

/** RFC 9110 section 8.8.3.2: the same meaning. */
export function weakMatch(a: EntityTag, b: EntityTag): boolean {
  return a.opaque === b.opaque
}

function readTags(line: string, tags: EntityTag[]): void {
  let at = skip(line, 0)
  while (at < line.length) {
    const tag = tagAt(line, at)
    if (tag === undefined) return
    tags.push(tag)
    const end = TAG.lastIndex
    at = skip(line, end)
    if (at < line.length && !line.slice(end, at).includes(',')) return
  }
}

/** `TAG.lastIndex` is then where it ends. */
function tagAt(text: string, at: number): EntityTag | undefined {
  TAG.lastIndex = at
  const match = TAG.exec(text)
  return match === null ? undefined : { weak: match[1] !== undefined, opaque: match[2] as string }
}

function skip(line: string, at: number): number {
  SEPARATOR.lastIndex = at
  SEPARATOR.exec(line)
  return SEPARATOR.lastIndex
}
