import { createRoutes, type Middleware, type Routes } from '../../server/index.js'
import { problemReply } from '../problem.js'
import { loadAssets, PAGE } from './assets.js'
import { sendAsset } from './send-asset.js'
import type { StatsFeed } from './stats-feed.js'
import type { StatsView } from './stats-view.js'

export interface DashboardParts {
  readonly stats: { view(): StatsView }
  readonly feed: StatsFeed
  /** Runs before what tells of the cache. The page and its files tell of nothing, and are for everybody. */
  readonly guard?: Middleware | undefined
}

/** The page (`/`, `/assets/*`), and what it shows (`/stats`, `/events`). */
export function dashboardRoutes({ stats, feed, guard }: DashboardParts): Routes {
  const assets = loadAssets()
  const routes = createRoutes()
  routes.get('/', (c) => {
    const page = assets.get(PAGE)
    return page === undefined ? problemReply('not-found') : sendAsset(c, page)
  })
  routes.get('/assets/:name', (c) => {
    const asset = assets.get(c.params.name)
    return asset === undefined ? problemReply('not-found') : sendAsset(c, asset)
  })
  if (guard !== undefined) {
    routes.use('/stats', guard)
    routes.use('/events', guard)
  }
  routes.get('/stats', (c) => c.json(stats.view(), 200, { 'cache-control': 'no-store' }))
  routes.get('/events', (c) => {
    if (feed.isFull) return problemReply('too-many-followers')
    return c.events(feed.events(), { 'cache-control': 'no-store' })
  })
  return routes
}
