import { createHmac, randomBytes } from 'node:crypto'
import { HttpError } from '../errors.js'
import { valueOf } from '../http/fields.js'
import type { Context } from '../server/context.js'
import type { Answer, Middleware } from '../server/options.js'
import type { ServiceLogger } from './service-log.js'

/** Keys may be secrets: in one process's log equal ones can be told to be equal, and nothing else. */
const SECRET = randomBytes(32)

/**
 * A line for each request that comes to JavaScript: not its key, its query, its body or any token. What is ordinary is said
 * for those who debug, refusals as information, failures of the service as warnings.
 */
export function requestLog(listener: 'data' | 'admin', log: ServiceLogger): Middleware {
  return async (c, next) => {
    const begin = performance.now()
    const tell = (status: number, answer: object): void => {
      const ms = Math.round((performance.now() - begin) * 1_000) / 1_000
      log[levelOf(status)]({ listener, ...requestOf(c), status, ...answer, ms }, 'request')
    }
    try {
      const answer = await next()
      tell(answer.status, answerOf(answer))
      return undefined
    } catch (error) {
      // answered by the server, which tells what it was
      tell(error instanceof HttpError ? error.status : 500, {})
      throw error
    }
  }
}

function levelOf(status: number): 'debug' | 'info' | 'warn' {
  if (status >= 500) return 'warn'
  // a miss is nothing to tell of
  return status >= 400 && status !== 404 ? 'info' : 'debug'
}

function requestOf(c: Context): object {
  const params: Readonly<Record<string, string | undefined>> = c.params
  const { namespace, key } = params
  return {
    method: c.req.method,
    route: c.name?.replace(/^\S+ /, ''),
    ...(namespace !== undefined && { namespace }),
    ...(key !== undefined && { key: hashOf(namespace, key) }),
  }
}

function answerOf({ fields }: Answer): object {
  const id = valueOf(fields, 'request-id')
  const outcome = outcomeOf(valueOf(fields, 'cache-status'))
  return { ...(id !== undefined && { id }), ...(outcome !== undefined && { outcome }) }
}

/** Of the words of RFC 9211, ours. */
function outcomeOf(cacheStatus: string | undefined): string | undefined {
  if (cacheStatus === undefined) return undefined
  if (!/;\s*hit\b/.test(cacheStatus)) return /;\s*fwd=(\w+)/.exec(cacheStatus)?.[1]
  return /;\s*ttl=-/.test(cacheStatus) ? 'stale' : 'hit'
}

function hashOf(namespace: string | undefined, key: string): string {
  return createHmac('sha256', SECRET)
    .update(`${namespace ?? ''}\0${key}`)
    .digest('hex')
    .slice(0, 12)
}
