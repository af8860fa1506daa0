import { splitList } from '../http/field-list.js'
import { type Fields, linesOf, valueOf } from '../http/fields.js'

/**
 * What a handler added to the fields that stood there before it ran (request ids, security headers, CORS): those belong to
 * one request, and are on every answer anyhow because whoever sets them runs before the cache.
 */
export function ownFields(before: Fields, after: Fields): Fields {
  const own: string[] = []
  for (const name of namesOf(after)) {
    for (const line of ownLines(name, before, after)) own.push(name, line)
  }
  return own
}

/**
 * They say what the body is and who may keep it: they go with it whoever sets them. So a `private` that was set for one
 * request before the handler ran counts as well.
 */
const WITH_BODY: ReadonlySet<string> = new Set([
  'cache-control',
  'cdn-cache-control',
  'strata-cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'location',
])

function ownLines(name: string, before: Fields, after: Fields): readonly string[] {
  const lines = linesOf(after, name)
  if (WITH_BODY.has(name)) return lines
  const there = linesOf(before, name)
  if (name === 'set-cookie') return lines.filter((line) => !there.includes(line))
  if (name === 'vary') return addedMembers(there, lines)
  return lines.join() === there.join() ? [] : lines
}

/** What CORS varies by is not what the handler does. */
function addedMembers(there: readonly string[], lines: readonly string[]): readonly string[] {
  const known = new Set(splitList(there).map((member) => member.toLowerCase()))
  const added = splitList(lines).filter((member) => !known.has(member.toLowerCase()))
  return added.length === 0 ? [] : [added.join(', ')]
}

/** The fields of an answer together with those that stood there: the answer's count, but for what both may say. */
export function joinedLines(name: string, there: Fields, answer: Fields): readonly string[] {
  const lines = linesOf(answer, name)
  if (name === 'set-cookie') return [...linesOf(there, name), ...lines]
  if (name !== 'vary') return lines
  const members = splitList([...linesOf(there, name), ...lines])
  const unique = new Map(members.map((member) => [member.toLowerCase(), member]))
  return [[...unique.values()].join(', ')]
}

export function namesOf(fields: Fields): ReadonlySet<string> {
  const names = new Set<string>()
  for (let i = 0; i < fields.length; i += 2) names.add(fields[i] as string)
  return names
}

/** Bytes that an answer says it has. */
export function announcedLength(fields: Fields): number | undefined {
  const value = valueOf(fields, 'content-length')
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined
}
