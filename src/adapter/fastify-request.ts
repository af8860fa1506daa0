import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Fields } from '../http/fields.js'
import type { Rule } from '../http/route-policy.js'
import { withoutUnlisted } from './parsed-query.js'
import { visibleNames, visibleTarget } from './visible.js'

/** What Fastify has made of the query and the cookies, narrowed to what the key names. */
export function narrowedIn(request: FastifyRequest, rule: Rule): Record<string, unknown> {
  const { cookies, originalUrl } = request as FastifyRequest & { readonly cookies?: object }
  const narrowed: Record<string, unknown> = { originalUrl: visibleTarget(rule, originalUrl) }
  if (rule.key.query !== undefined) {
    const query = request.query as Record<string, unknown>
    narrowed['query'] = withoutUnlisted(query, originalUrl, rule.key.query)
  }
  if (cookies !== undefined) narrowed['cookies'] = visibleNames(rule, cookies)
  return narrowed
}

/** What has been set for the reply. */
export function fieldsOfReply(reply: FastifyReply): Fields {
  const fields: string[] = []
  for (const [name, value] of Object.entries(reply.getHeaders())) {
    for (const line of Array.isArray(value) ? value : [value]) fields.push(name, String(line))
  }
  return fields
}
