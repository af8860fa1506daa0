import type { Pattern, Segment } from './pattern.js'

/** A prefix of paths: whole segments, of which `:name` stands for any that is not empty. The root is all paths. */
export type Prefix = readonly Segment[]

export function prefixOf(pattern: Pattern): Prefix {
  const last = pattern.segments.at(-1)
  const isOpen = last !== undefined && (last.kind === 'tail' || isEmpty(last))
  return isOpen ? pattern.segments.slice(0, -1) : pattern.segments
}

/** Whether a canonical path is the prefix or below it. */
export function isBelow(prefix: Prefix, path: string): boolean {
  let at = 1
  for (const segment of prefix) {
    if (at > path.length) return false
    const slash = path.indexOf('/', at)
    const end = slash === -1 ? path.length : slash
    if (segment.kind === 'static' ? path.slice(at, end) !== segment.text : end === at) return false
    at = end + 1
  }
  return true
}

/** Whether paths of the pattern are below the prefix: all, none, or those that `isBelow` says. */
export function coverage(prefix: Prefix, pattern: Pattern): 'all' | 'none' | 'some' {
  let covers: 'all' | 'some' = 'all'
  for (const [i, segment] of prefix.entries()) {
    const other = pattern.segments[i]
    if (other === undefined) return 'none'
    if (other.kind === 'tail') return 'some'
    if (segment.kind !== 'static') {
      if (isEmpty(other)) return 'none'
    } else if (other.kind === 'param') covers = 'some'
    else if (other.text !== segment.text) return 'none'
  }
  return covers
}

function isEmpty(segment: Segment): boolean {
  return segment.kind === 'static' && segment.text === ''
}
