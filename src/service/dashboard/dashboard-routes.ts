import { createRoutes, type Routes } from '../../server/index.js'
import type { Access } from '../access.js'
import { adminGuard, guardedFields } from '../admin-guard.js'
import { NEVER_KEPT } from '../answer-fields.js'
import { problemReply } from '../problem.js'
import { loadAssets, PAGE } from './assets.js'
import { sendAsset } from './send-asset.js'
import type { StatsFeed } from './stats-feed.js'
import type { StatsView } from './stats-view.js'

export interface DashboardRouteParts {
  readonly view: () => StatsView
  readonly feed: StatsFeed
  readonly access: () => Access
}

/** The page (`/`, `/assets/*`), which tells of nothing and is for everybody, and what it shows (`/stats`, `/events`). */
export function dashboardRoutes({ view, feed, access }: DashboardRouteParts): Routes {
  const assets = loadAssets()
  const routes = createRoutes()
  const guard = adminGuard(access)
  for (const path of ['/stats', '/events']) routes.use(path, guardedFields()).use(path, guard)
  routes.get('/', (c) => sendAsset(c, assets.get(PAGE)))
  routes.get('/assets/:name', (c) => sendAsset(c, assets.get(c.params.name)))
  routes.get('/stats', (c) => c.json(view(), 200, NEVER_KEPT))
  routes.get('/events', (c) => {
    if (feed.isFull) return problemReply('too-many-followers')
    return c.events(feed.events(), NEVER_KEPT)
  })
  return routes
}
