import { hasField } from '../http/fields.js'
import type { Context } from '../server/context.js'
import type { Middleware } from '../server/options.js'
import type { Access } from './access.js'
import { GUARDING_FIELDS } from './answer-fields.js'
import { problemReply } from './problem.js'
import { requestIdOf } from './request-id.js'
import { isCrossSite } from './site.js'
import { unauthorizedDetail } from './unauthorized-detail.js'

/** For routes that tell of the service as a whole: scope `admin`, and no web page of another site. */
export function adminGuard(access: () => Access): Middleware {
  return (c, next) => {
    const instance = idOf(c)
    if (isCrossSite(c)) return problemReply('cross-site', { instance })
    const authorization = c.req.header('authorization')
    const verdict = access().check(authorization, 'admin', undefined)
    if (verdict === 'allowed') return next()
    if (verdict === 'forbidden') return problemReply(verdict, { instance })
    return problemReply(verdict, { instance, detail: unauthorizedDetail(authorization) })
  }
}

/** What every answer says of itself, where it does not say it already. */
export function guardedFields(): Middleware {
  return async (c, next) => {
    const { fields } = await next()
    for (let i = 0; i < GUARDING_FIELDS.length; i += 2) {
      const name = GUARDING_FIELDS[i] as string
      if (!hasField(fields, name)) c.header(name, GUARDING_FIELDS[i + 1])
    }
    if (!hasField(fields, 'request-id')) c.header('request-id', idOf(c))
    return undefined
  }
}

const ids = new WeakMap<Context, string>()

/** The same for as long as the request is answered. */
function idOf(c: Context): string {
  const id = ids.get(c) ?? requestIdOf(c.req.incoming.fields)
  ids.set(c, id)
  return id
}
