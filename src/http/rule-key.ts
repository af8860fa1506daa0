import { linesOf, valueOf } from './fields.js'
import { httpKey, type KeyPart } from './http-key.js'
import type { HttpRequest } from './message.js'
import { preferred } from './preferred.js'
import type { Rule, RuleKey } from './route-policy.js'
import { headerUnder, userOf } from './rule-functions.js'

/** The key of the response to a request under a rule. `c` is what the rule's functions are given. Throws `RuleFault`. */
export function keyUnder(rule: Rule, request: HttpRequest, c: unknown): string {
  const { key } = rule
  const target = key.query === undefined ? request.target : narrowed(request.target, key.query)
  const own = rule.policy === undefined ? NO_PARTS : UNDER_A_POLICY
  if (key.headers.length === 0 && key.cookies === undefined && key.user === undefined) {
    return httpKey(request, target, own)
  }
  return httpKey(request, target, [...own, ...partsOf(rule, request, c)])
}

const NO_PARTS: readonly KeyPart[] = Object.freeze([])

/** What a policy allows to store is for that policy: by its fields alone the same response might be nobody else's. */
const UNDER_A_POLICY: readonly KeyPart[] = Object.freeze([['p', '', undefined]])

function partsOf(rule: Rule, request: HttpRequest, c: unknown): KeyPart[] {
  const { headers, cookies, user } = rule.key
  const parts: KeyPart[] = headers.map((header) => [
    'h',
    header[0],
    keyedHeader(rule, request, header),
  ])
  for (const name of cookies ?? []) parts.push(['c', name, cookieOf(request, name)])
  if (user !== undefined) parts.push(['u', '', userOf(rule, c)])
  return parts
}

/** A request field as the key has it, and as the handler sees it. Throws `RuleFault`. */
export function keyedHeader(
  rule: Rule,
  request: HttpRequest,
  [name, reduced]: RuleKey['headers'][number],
): string | undefined {
  const value = valueOf(request.fields, name)
  if (value === undefined || reduced === true) return value
  return typeof reduced === 'function'
    ? headerUnder(rule, reduced, value)
    : preferred(value, reduced)
}

/** The first cookie of that name, as sent (RFC 6265 section 5.4; which of two counts is not said there). */
export function cookieOf({ fields }: HttpRequest, name: string): string | undefined {
  for (const line of linesOf(fields, 'cookie')) {
    for (const pair of line.split(';')) {
      const at = pair.indexOf('=')
      if (at >= 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim()
    }
  }
  return undefined
}

/** The target with the listed parameters only, in the order of the list, each as it was sent. */
export function narrowed(target: string, names: readonly string[]): string {
  const at = target.indexOf('?')
  if (at < 0) return target
  const pieces = target.slice(at + 1).split('&')
  const kept = names.flatMap((name) => pieces.filter((piece) => nameOf(piece) === name))
  return kept.length === 0 ? target.slice(0, at) : `${target.slice(0, at)}?${kept.join('&')}`
}

/** Name of a parameter, decoded as handlers have it decoded, broken escapes included. */
function nameOf(piece: string): string {
  const at = piece.indexOf('=')
  const name = at < 0 ? piece : piece.slice(0, at)
  if (!name.includes('%') && !name.includes('+')) return name
  const [decoded = ''] = new URLSearchParams(`?${name}`).keys()
  return decoded
}
