import type { Cache } from '../../cache/cache.js'
import { systemClock } from '../../clock.js'
import type { Routes, Server } from '../../server/index.js'
import type { Access } from '../access.js'
import { packageVersion } from '../package-version.js'
import { dashboardRoutes } from './dashboard-routes.js'
import { Stats } from './stats.js'
import { StatsFeed } from './stats-feed.js'

export interface DashboardParts {
  /** The root of the service. */
  readonly cache: Cache
  /** Whose requests are timed. */
  readonly data: Server
  readonly access: () => Access
}

/** The page of the service, and what it follows. */
export class Dashboard {
  readonly routes: Routes
  readonly #stats: Stats
  readonly #feed: StatsFeed

  constructor({ cache, data, access }: DashboardParts) {
    const clock = systemClock
    const isNative = (): boolean => data.native
    const stats = new Stats({ cache, version: packageVersion(), app: data, isNative, clock })
    const view = (): ReturnType<Stats['view']> => stats.view()
    this.#stats = stats
    this.#feed = new StatsFeed({ view, clock })
    this.routes = dashboardRoutes({ view, feed: this.#feed, access })
  }

  /** Begins to collect. Until `close`, which is to be called then. */
  open(): void {
    this.#stats.open()
  }

  /** Whoever follows has to show his token again. */
  disconnect(): void {
    this.#feed.disconnect()
  }

  /** Ends all streams, which would not end by themselves, and collects no more. */
  close(): void {
    this.#feed.close()
    this.#stats.close()
  }
}
