import { splitList } from '../http/field-list.js'
import { type Fields, linesOf } from '../http/fields.js'

/**
 * Whether a message has passed here before (RFC 9110 section 7.6.3): one of the members of Via is ours. A member is the
 * protocol, then who received it, then perhaps a comment.
 */
export function hasPassed(fields: Fields, name: string): boolean {
  return splitList(linesOf(fields, 'via')).some((member) => {
    const [, receiver = ''] = member.split(/[ \t]+/, 2)
    return receiver.toLowerCase() === name.toLowerCase()
  })
}

/** With us behind those it has passed (RFC 9110 section 7.6.3). `version`: of the protocol in which it came here. */
export function withVia(fields: Fields, version: string, name: string): Fields {
  return [...fields, 'via', `${version} ${name}`]
}
