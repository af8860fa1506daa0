import { randomUUID } from 'node:crypto'
import { hasField } from '../http/fields.js'
import type { Context } from '../server/context.js'
import type { Middleware } from '../server/options.js'
import type { Access } from './access.js'
import { problemReply } from './problem.js'

/** Requests that web pages of other origins make (Fetch Metadata): none of them has business here. */
const FOREIGN: ReadonlySet<string> = new Set(['cross-site', 'same-site'])

/** What answers of the admin listener say beside their own: no page may use them as anything but what they are. */
const FIELDS = [
  ['x-content-type-options', 'nosniff'],
  ['content-security-policy', "default-src 'none'; sandbox"],
  ['cross-origin-resource-policy', 'same-origin'],
] as const

/** For routes that tell of the service as a whole: scope `admin`, and no web page of another origin. */
export function adminGuard(access: () => Access): Middleware {
  return (c, next) => {
    const instance = requestIdOf(c)
    if (FOREIGN.has(c.req.header('sec-fetch-site') ?? '')) {
      return problemReply('cross-site', { instance })
    }
    const verdict = access().check(c.req.header('authorization'), 'admin', undefined)
    return verdict === 'allowed' ? next() : problemReply(verdict, { instance })
  }
}

/** Fields that an answer does not say itself. */
export function guardedFields(): Middleware {
  return async (c, next) => {
    const { fields } = await next()
    for (const [name, value] of FIELDS) if (!hasField(fields, name)) c.header(name, value)
    if (!hasField(fields, 'request-id')) c.header('request-id', requestIdOf(c))
    return undefined
  }
}

const ids = new WeakMap<object, string>()

/** As the client says it, or one of our own; the same for as long as the request is answered. */
function requestIdOf(c: Context): string {
  const known = ids.get(c)
  if (known !== undefined) return known
  const said = c.req.header('request-id') ?? c.req.header('x-request-id') ?? ''
  const id = /^[\w.-]{1,128}$/.test(said) ? said : randomUUID()
  ids.set(c, id)
  return id
}
