import { type Fields, hasField, valueOf, withField, withoutFields } from './fields.js'
import type { HttpRequest } from './message.js'
import type { Rule, RuleKey } from './route-policy.js'
import { cookieOf, keyedHeader, narrowed } from './rule-key.js'

/**
 * The fields of a request as a handler sees them. Host is the authority that the key has, not one of its many spellings. Under
 * a policy, what the key reduces to one of a few values is seen so. With `isFiltered` nothing else is there to be seen: for
 * handlers whose reading nobody can watch.
 */
export function seenFields(rule: Rule, request: HttpRequest, isFiltered: boolean): Fields {
  if (rule.policy === undefined) return withHost(request)
  return isFiltered ? keyedFields(rule, request) : reducedFields(rule, request)
}

function reducedFields(rule: Rule, request: HttpRequest): Fields {
  let seen = withHost(request)
  for (const header of rule.key.headers) {
    const [name, reduced] = header
    if (reduced === true || !hasField(seen, name)) continue
    const value = keyedHeader(rule, request, header)
    seen = value === undefined ? withoutFields(seen, new Set([name])) : withField(seen, name, value)
  }
  return seen
}

function withHost({ fields, authority }: HttpRequest): Fields {
  return valueOf(fields, 'host') === authority ? fields : withField(fields, 'host', authority)
}

function keyedFields(rule: Rule, request: HttpRequest): Fields {
  const { key, authorization } = rule
  const seen: string[] = ['host', request.authority]
  const names: RuleKey['headers'] =
    authorization === 'key' ? [...key.headers, ['authorization', true]] : key.headers
  for (const header of names) {
    const value = keyedHeader(rule, request, header)
    if (value !== undefined) seen.push(header[0], value)
  }
  const cookies = (key.cookies ?? []).flatMap((name) => {
    const value = cookieOf(request, name)
    return value === undefined ? [] : [`${name}=${value}`]
  })
  if (cookies.length > 0) seen.push('cookie', cookies.join('; '))
  return seen
}

/** The target as a handler sees it: with the parameters that the key has. */
export function seenTarget({ key }: Rule, target: string): string {
  return key.query === undefined ? target : narrowed(target, key.query)
}
