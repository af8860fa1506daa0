import type { Context } from './context.js'
import type { Miss } from './miss.js'
import { problem } from './problem.js'
import { Reply } from './reply.js'
import type { Router } from './router.js'

/** The answer to what nothing else answers. */
export function missReply({ status, allow }: Miss): Reply {
  if (status === 404) return problem(404)
  return status === 405
    ? problem(405, undefined, ['allow', allow])
    : new Reply(204, ['allow', allow], undefined)
}

/** To the same path with, or without, a slash at its end, if that one has a route. The method stays: 308. */
export function slashRedirect(context: Context, router: Router): Reply | undefined {
  const { method, path, rawQuery } = context.req
  // a second slash at the start would make a host of what follows
  if (path === '/' || path.startsWith('//')) return undefined
  const other = path.endsWith('/') ? path.slice(0, -1) : `${path}/`
  if (!router.has(method, other)) return undefined
  return new Reply(308, ['location', rawQuery === '' ? other : `${other}?${rawQuery}`], undefined)
}
