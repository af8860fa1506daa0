import { type Argument, BAD_ARGUMENT, MOST_SECONDS, parseFieldNames } from './directive-argument.js'
import { type Directives, directivesFrom } from './directives.js'
import { type Fields, linesOf } from './fields.js'
import { type Member, parseDictionary } from './structured-field.js'

/**
 * The directives of the first of these fields that is there, valid and not empty (RFC 9213 section 2.2). They take the place
 * of Cache-Control and Expires. Undefined: there is none.
 *
 * @param names lower case, the most specific first
 */
export function targetedDirectives(
  fields: Fields,
  names: readonly string[],
): Directives | undefined {
  for (const name of names) {
    const members = parseDictionary(linesOf(fields, name))
    if (members === undefined || members.size === 0) continue
    return directivesFrom(
      Array.from(members, ([name, member]) => [name, argumentOf(member)] as const),
    )
  }
  return undefined
}

/**
 * RFC 9213 section 2.1: no value is Boolean true, delta-seconds are an Integer, field names a String. A value of another type
 * is not consumed; the directive then does what it does with any argument that cannot be used.
 */
function argumentOf(member: Member): Argument | undefined {
  if (!('type' in member)) return BAD_ARGUMENT
  if (member.type === 'boolean' && member.value) return undefined
  if (member.type === 'integer' && member.value >= 0) {
    return { seconds: Math.min(member.value, MOST_SECONDS), fieldNames: undefined }
  }
  if (member.type !== 'string') return BAD_ARGUMENT
  return { seconds: undefined, fieldNames: parseFieldNames(member.value) }
}
