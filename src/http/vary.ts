import { isToken, splitList } from './field-list.js'
import { type Fields, linesOf } from './fields.js'

/** Request fields that are lists by their own specifications, where white space around commas means nothing. */
const LISTS: ReadonlySet<string> = new Set([
  'accept',
  'accept-charset',
  'accept-encoding',
  'accept-language',
  'access-control-request-headers',
  'cache-control',
  'forwarded',
  'prefer',
  'sec-ch-ua',
  'te',
  'via',
  'x-forwarded-for',
])

/**
 * The request fields that select the response (RFC 9110 section 12.5.5): lower case, sorted, each once. `*`, also among
 * others, and what is no field name: no request ever matches (RFC 9111 section 4.1).
 */
export function varyOf(fields: Fields): readonly string[] | '*' {
  const names = new Set<string>()
  for (const member of splitList(linesOf(fields, 'vary'))) {
    if (member === '*' || !isToken(member)) return '*'
    names.add(member.toLowerCase())
  }
  return [...names].sort()
}

/**
 * One text for each name: two requests match if and only if all are equal (RFC 9111 section 4.1). Lines are joined, white
 * space around the commas of known lists is made the same, and nothing else; an absent field ('') is unlike an empty one ('=').
 */
export function varyValues(requestFields: Fields, names: readonly string[]): readonly string[] {
  return names.map((name) => {
    const lines = linesOf(requestFields, name)
    if (lines.length === 0) return ''
    // lines of cookies make one list of pairs, in which a comma is a character like any other (RFC 6265 section 5.4)
    const separator = name === 'cookie' ? '; ' : ', '
    return `=${(LISTS.has(name) ? splitList(lines) : lines).join(separator)}`
  })
}
