import { InvalidOptionError } from '../errors.js'
import { canonicalPath } from './canonical.js'
import { ROUTE_LIMITS } from './route-limits.js'

/** A segment of a pattern: text that must be equal, one segment (`:name`), or the rest of the path (`*name`). */
export type Segment =
  | { readonly kind: 'static'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string }
  | { readonly kind: 'tail'; readonly name: string }

export interface Pattern {
  /** As it was written. */
  readonly text: string
  readonly segments: readonly Segment[]
  /** Of its params, in order. */
  readonly names: readonly string[]
  /** The pattern without names: two of one shape match the same paths. */
  readonly shape: string
}

/** Throws `InvalidOptionError` naming `pattern`. */
export function parsePattern(text: unknown): Pattern {
  if (typeof text !== 'string' || !text.startsWith('/')) {
    refuse(text, "a path that begins with '/'")
  }
  if (text.includes('?')) refuse(text, 'no query: it takes no part in routing')
  const canonical = canonicalPath(text)
  if (canonical === undefined) refuse(text, allowedPath(text))
  const parts = canonical.slice(1).split('/')
  if (parts.length > ROUTE_LIMITS.segments) refuse(text, `${ROUTE_LIMITS.segments} segments`)
  const segments = parts.map((part, i) => parseSegment(part, i === parts.length - 1, text))
  const names = segments.flatMap((segment) => (segment.kind === 'static' ? [] : [segment.name]))
  if (names.length > ROUTE_LIMITS.params) refuse(text, `${ROUTE_LIMITS.params} params`)
  if (new Set(names).size < names.length) refuse(text, 'each name once')
  return { text, segments, names, shape: shapeOf(segments) }
}

/** Two patterns as one path: `/api` and `/posts` make `/api/posts`; the root below a prefix is the prefix itself. */
export function joinPatterns(prefix: string, pattern: string): string {
  const start = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix
  return pattern === '/' && start !== '' ? start : start + pattern
}

function parseSegment(part: string, isLast: boolean, text: string): Segment {
  if (part.startsWith(':')) return { kind: 'param', name: parseName(part.slice(1), text) }
  if (part.startsWith('*')) {
    if (!isLast) refuse(text, "'*' in the last segment only")
    return { kind: 'tail', name: part === '*' ? '*' : parseName(part.slice(1), text) }
  }
  if (part.includes('*'))
    refuse(text, "'*' at the start of the last segment only ('%2A' is a star)")
  return { kind: 'static', text: part }
}

function parseName(name: string, text: string): string {
  if (!/^[A-Za-z_]\w{0,63}$/.test(name) || name === '__proto__') {
    refuse(text, 'names of letters, digits and _ (a param is a whole segment)')
  }
  return name
}

function shapeOf(segments: readonly Segment[]): string {
  return segments.map((segment) => `/${shapeOfSegment(segment)}`).join('')
}

function shapeOfSegment(segment: Segment): string {
  return segment.kind === 'static' ? segment.text : segment.kind === 'param' ? ':' : '*'
}

/** Tells how a path with other characters is written. */
function allowedPath(text: string): string {
  const rules = 'visible ASCII, whole escapes, no # and no dot segments'
  try {
    const encoded = encodeURI(text)
    return encoded !== text && !text.includes('%') && canonicalPath(encoded) !== undefined
      ? `'${encoded}'`
      : rules
  } catch {
    return rules // a lone surrogate
  }
}

function refuse(text: unknown, allowed: string): never {
  throw new InvalidOptionError('pattern', text, allowed)
}
