import { type Fields, hasField, linesOf, valueOf } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import type { Rule } from '../http/route-policy.js'
import { seenFields, seenTarget } from '../http/seen-request.js'

/**
 * What is asked of the origin for a response that is kept under a policy: it sees of the request what the key has, and
 * nothing else a stranger could say. What the cache asks for itself goes along, and what we tell of the way here.
 */
export function underPolicy(rule: Rule, asked: HttpRequest): HttpRequest {
  const own = OURS.flatMap((name) => linesOf(asked.fields, name).flatMap((line) => [name, line]))
  const host = valueOf(asked.fields, 'host') ?? asked.authority
  const keyed = withoutHost(seenFields(rule, asked, true))
  const fields = ['host', host, ...keyed, ...own]
  // the whole is made for a HEAD as well
  return { ...asked, method: 'GET', target: seenTarget(rule, asked.target), fields }
}

/** Whether the origin could make something of a cookie that the key does not have. */
export function isUnkeyedCookie({ policy, key }: Rule, fields: Fields): boolean {
  return policy !== undefined && key.cookies === undefined && hasField(fields, 'cookie')
}

const OURS: readonly string[] = [
  'via',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'if-none-match',
  'if-modified-since',
]

function withoutHost(fields: Fields): Fields {
  return fields[0] === 'host' ? fields.slice(2) : fields
}
