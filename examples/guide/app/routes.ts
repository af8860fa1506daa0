import { HttpError } from 'strata-cache'
import { type Context, createRoutes, type RouteCachePolicy, type Routes } from 'strata-cache/server'
import type { Pages } from './pages.js'
import { tagOf } from './tags.js'

export interface RouteParts {
  readonly pages: Pages
  /** Changes a post, and ends all that was kept of it; false: there is none. */
  readonly retitle: (id: number, title: string) => Promise<boolean>
  /** How whole responses are kept; undefined: they are not. */
  readonly keep: Pick<RouteCachePolicy, 'ttl' | 'grace'> | undefined
}

export function createAppRoutes({ pages, retitle, keep }: RouteParts): Routes {
  const kept = (tags: (c: Context) => string[]) => (keep ? { cache: { ...keep, tags } } : {})
  const routes = createRoutes()
  routes.get(
    '/users/:id/dashboard',
    kept((c) => [tagOf.user(idOf(c)), tagOf.postsOfUser(idOf(c))]),
    async (c) => found(c, await pages.dashboard(idOf(c))),
  )
  routes.get(
    '/posts',
    kept(() => [tagOf.latest]),
    async (c) => c.json(await pages.latest()),
  )
  routes.get(
    '/posts/:id',
    kept((c) => [tagOf.post(idOf(c))]),
    async (c) => found(c, await pages.post(idOf(c))),
  )
  routes.post('/posts/:id', async (c) => {
    const title = (await c.req.json<{ title?: unknown } | null>())?.title
    if (typeof title !== 'string') throw new HttpError(400, 'title must be a string')
    return found(c, (await retitle(idOf(c), title)) ? { changed: idOf(c) } : undefined)
  })
  return routes
}

const found = (c: Context, body: object | undefined) =>
  body ? c.json(body) : c.json({ error: 'not found' }, 404)

/** As PostgreSQL's int has it; anything else is the id of nothing. */
function idOf({ params }: Context): number {
  const id = Number(params['id'])
  return Number.isInteger(id) && id > 0 && id < 2 ** 31 ? id : 0
}
