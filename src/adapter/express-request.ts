import type { Request } from 'express'
import type { Rule } from '../http/route-policy.js'
import type { Addressed } from './node-request.js'
import { visibleNames, visibleTarget } from './visible.js'

/** Of the route that this runs in, below its routers. None in `app.use`. */
export function patternOf({ route, baseUrl }: Request): string | undefined {
  const path = (route as { readonly path?: string | RegExp | readonly unknown[] } | undefined)?.path
  return path === undefined ? undefined : `${baseUrl}${path.toString()}`
}

export function addressOf(req: Request): Addressed {
  const trusts = req.app.get('trust proxy fn') as (address: unknown, hop: number) => boolean
  const forwarded = req.headers['x-forwarded-host']
  const isTrusted = forwarded !== undefined && trusts(req.socket.remoteAddress, 0)
  const host = isTrusted ? String(forwarded).split(',', 1)[0]?.trim() : req.headers.host
  return { scheme: req.protocol, host, target: req.originalUrl }
}

export function narrowedIn(req: Request, rule: Rule): Record<string, unknown> {
  const url = visibleTarget(rule, req.url)
  const narrowed: Record<string, unknown> = {
    url,
    originalUrl: visibleTarget(rule, req.originalUrl),
    // what parseurl has kept of them
    _parsedUrl: undefined,
    _parsedOriginalUrl: undefined,
  }
  for (const name of ['cookies', 'signedCookies'] as const) {
    const cookies: unknown = req[name]
    if (typeof cookies === 'object' && cookies !== null)
      narrowed[name] = visibleNames(rule, cookies)
  }
  // Express 5 reads the query from the URL whenever it is asked for; Express 4 has put it on the request
  if (Object.hasOwn(req, 'query')) narrowed['query'] = queryOf(req, url)
  return narrowed
}

function queryOf(req: Request, url: string): unknown {
  const parse = req.app.get('query parser fn') as ((text: string) => unknown) | false | undefined
  const at = url.indexOf('?')
  return typeof parse === 'function' ? parse(at < 0 ? '' : url.slice(at + 1)) : {}
}
