import { splitList } from '../http/field-list.js'
import { type Fields, hasField, linesOf, withField, withoutFields } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import type { Rule } from '../http/route-policy.js'
import { cookieOf, keyedHeader, narrowed } from '../http/rule-key.js'

/**
 * The fields of a request that its handler may see. Under a policy: what the key names, as the key has it, for anything else
 * could put one client's words into the response of all. Without one the response itself says what it depends on (Vary), and
 * only the host is as the key has it. `asked`: what the cache asks for; `request`: what the client sent.
 */
export function visibleFields(rule: Rule, asked: HttpRequest, request: HttpRequest): Fields {
  if (rule.policy === undefined) return withField(asked.fields, 'host', asked.authority)
  const fields = ['host', asked.authority]
  if (hasField(request.fields, FORWARDED)) fields.push(FORWARDED, asked.scheme)
  for (const header of rule.key.headers) {
    const [name] = header
    if (name === FORWARDED) continue
    const value = hasField(asked.fields, name) ? keyedHeader(rule, request, header) : undefined
    if (value !== undefined) fields.push(name, value)
  }
  const cookies = visibleCookies(rule, request)
  if (cookies !== '') fields.push('cookie', cookies)
  if (rule.authorization === 'key') copy('authorization', asked, fields)
  // what is asked in the name of a stored response is the cache's own; what the client has is not the handler's affair
  if (asked !== request) for (const name of CONDITIONS) copy(name, asked, fields)
  return fields
}

/** The scheme is in the key: frameworks that trust a proxy look for it here. */
const FORWARDED = 'x-forwarded-proto'

const CONDITIONS = ['if-none-match', 'if-modified-since'] as const

/** A path and query with the parameters that are in the key. */
export function visibleTarget({ key, policy }: Rule, target: string): string {
  return policy === undefined || key.query === undefined ? target : narrowed(target, key.query)
}

/** Cookies that somebody has parsed, without those that are not in the key. */
export function visibleNames({ key, policy }: Rule, cookies: object): Record<string, unknown> {
  const all = cookies as Record<string, unknown>
  if (policy === undefined) return all
  const names = (key.cookies ?? []).filter((name) => Object.hasOwn(all, name))
  return Object.fromEntries(names.map((name) => [name, all[name]]))
}

/**
 * What a handler says under a policy, without what a compressing middleware behind us says of codings: it was not told which
 * ones the client takes, so it chose none.
 */
export function saidBlindly(rule: Rule, fields: Fields): Fields {
  const isTold = rule.key.headers.some(([name]) => name === CODINGS)
  if (rule.policy === undefined || isTold || !hasField(fields, 'vary')) return fields
  const names = splitList(linesOf(fields, 'vary')).filter((name) => name.toLowerCase() !== CODINGS)
  const others = withoutFields(fields, new Set(['vary']))
  return names.length === 0 ? others : [...others, 'vary', names.join(', ')]
}

const CODINGS = 'accept-encoding'

function visibleCookies({ key }: Rule, request: HttpRequest): string {
  const pairs = (key.cookies ?? []).map((name) => [name, cookieOf(request, name)] as const)
  return pairs
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`)
    .join('; ')
}

function copy(name: string, { fields }: HttpRequest, into: string[]): void {
  for (const line of linesOf(fields, name)) into.push(name, line)
}
