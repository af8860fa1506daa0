import { parseDirectives } from './directives.js'
import { type Fields, hasField, linesOf, withField, withoutFields } from './fields.js'
import type { ResponseHead } from './message.js'
import type { ResolvedPolicy, Rule } from './route-policy.js'
import type { Lifetime } from './storable.js'
import { varyOf } from './vary.js'

/** The field a policy is written into, to be judged as what an origin says is judged (RFC 9213). */
export const OWN_FIELD = 'strata-cache-control'

/** What a response says of its own freshness; a policy takes its place. */
const FRESHNESS: ReadonlySet<string> = new Set([
  OWN_FIELD,
  'cdn-cache-control',
  'expires',
  'pragma',
])

/**
 * A response under a policy, as one that says of itself what the policy says; or why it is not stored. What the handler says
 * can only narrow the policy: `no-store`, `private`, `no-cache`, a Vary on what is not in the key, another coding.
 */
export function lowered(
  rule: Rule,
  policy: ResolvedPolicy,
  head: ResponseHead,
): ResponseHead | string {
  const reason = refusal(rule, policy, head)
  if (reason !== undefined) return reason
  const seconds = Math.ceil(policy.ttl / 1_000)
  const scope = rule.authorization === 'key' ? 'public, ' : ''
  const own = `${scope}max-age=${seconds}`
  return {
    status: head.status,
    fields: withField(withoutFields(head.fields, FRESHNESS), OWN_FIELD, own),
  }
}

function refusal(
  rule: Rule,
  policy: ResolvedPolicy,
  { status, fields }: ResponseHead,
): string | undefined {
  if (!policy.statuses.has(status)) return 'status'
  const said = parseDirectives(linesOf(fields, 'cache-control'))
  if (said.noStore) return 'no-store'
  if (said.private !== false) return 'private'
  if (said.noCache !== false) return 'no-cache'
  const vary = varyOf(fields)
  if (vary === '*') return 'vary'
  const keyed = new Set(rule.key.headers.map(([name]) => name))
  if (rule.key.cookies !== undefined) keyed.add('cookie')
  // one coding is stored, others are made from it
  if (hasField(fields, 'content-encoding') && !keyed.has('accept-encoding'))
    return 'content-encoding'
  keyed.add('accept-encoding')
  return vary.every((name) => keyed.has(name)) ? undefined : 'vary'
}

/** A policy counts in milliseconds from when the response was stored; its grace is for both: revalidating, and failing. */
export function lifetimeUnder(policy: ResolvedPolicy, judged: Lifetime): Lifetime {
  return {
    initialAge: judged.initialAge,
    freshFor: judged.initialAge + policy.ttl,
    staleWhileRevalidate: policy.grace,
    staleIfError: policy.grace,
    mustRevalidate: false,
    noCache: false,
  }
}

/** What leaves for the client on every answer under a policy: what browsers are told, and what the response depends on. */
export function forClients(rule: Rule, fields: Fields): Fields {
  const { policy } = rule
  if (policy === undefined) return fields
  let told = withoutFields(fields, OWN)
  if (!hasField(told, 'cache-control')) {
    const scope = rule.key.user === undefined ? '' : 'private, '
    told = withField(told, 'cache-control', `${scope}${policy.client}`)
  }
  const names = rule.key.headers.map(([name]) => name)
  if (rule.key.cookies !== undefined && rule.key.cookies.length > 0) names.push('cookie')
  if (rule.authorization === 'key') names.push('authorization')
  return names.length === 0 ? told : withVary(told, names)
}

const OWN: ReadonlySet<string> = new Set([OWN_FIELD])

function withVary(fields: Fields, names: readonly string[]): Fields {
  const there = varyOf(fields)
  if (there === '*') return fields
  const all = [...new Set([...there, ...names])].toSorted()
  return withField(fields, 'vary', all.join(', '))
}
