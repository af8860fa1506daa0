import type { Condition } from '../cache/handle.js'
import { parseEntityTags } from '../http/entity-tag.js'
import { type Fields, hasField, linesOf } from '../http/fields.js'
import { Refusal } from './problem.js'
import { MSGPACK_MARK } from './representation.js'

/** What must be there for a write to be done, by If-Match and If-None-Match. Undefined: nothing is asked. Throws `Refusal`. */
export function writeConditionOf(fields: Fields): Condition | undefined {
  const isMatch = hasField(fields, 'if-match')
  if (hasField(fields, 'if-none-match')) {
    const tags = parseEntityTags(linesOf(fields, 'if-none-match'))
    if (tags === '*' && !isMatch) return { kind: 'absent' }
    throw new Refusal('bad-request', 'a write takes If-Match, or If-None-Match: *')
  }
  if (!isMatch) return undefined
  const tags = parseEntityTags(linesOf(fields, 'if-match'))
  if (tags === '*') return { kind: 'present' }
  // RFC 9110 section 13.1.1: a weak tag matches nothing
  return { kind: 'is', ids: tags.filter(({ weak }) => !weak).map(({ opaque }) => idOf(opaque)) }
}

/** Of one value in all its forms: whoever has read one of them knows the value. */
function idOf(opaque: string): string {
  return opaque.endsWith(MSGPACK_MARK) ? opaque.slice(0, -MSGPACK_MARK.length) : opaque
}
