import { hasField, valueOf } from '../http/fields.js'
import type { HttpRequest } from '../http/message.js'
import type { Rule } from '../http/route-policy.js'

/** Fields by which frameworks take a request for one of another method. */
const OVERRIDES = ['x-http-method-override', 'x-http-method', 'x-method-override'] as const

/**
 * Why a request to read does not take part, and the handler sees all of it: what it reads there could not be in a key.
 * Undefined: it takes part. `version`: the major one of HTTP.
 */
export function bypassReason(
  rule: Rule,
  { fields }: Pick<HttpRequest, 'fields'>,
  version = 1,
): string | undefined {
  // a response of node:http2 is another object than the one of node:http that a handler's answer is caught by
  if (version > 1) return 'http2'
  if (OVERRIDES.some((name) => hasField(fields, name))) return 'method-override'
  if (hasBody(fields)) return 'body'
  if (rule.policy === undefined) return undefined
  if (rule.key.cookies === undefined && hasField(fields, 'cookie')) return 'cookie'
  return rule.authorization === 'bypass' && hasField(fields, 'authorization')
    ? 'authorization'
    : undefined
}

/** RFC 9112 section 6.3. */
function hasBody(fields: HttpRequest['fields']): boolean {
  if (hasField(fields, 'transfer-encoding')) return true
  const length = valueOf(fields, 'content-length')
  return length !== undefined && length !== '0'
}
