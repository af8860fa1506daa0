import { readFileSync } from 'node:fs'
import type { Cache } from 'strata-cache'
import { costTable } from './cost-table.js'
import type { Database } from './database.js'
import type { RouteCosts } from './measure.js'
import type { Recorder } from './recorder.js'
import type { RedisServer } from './redis-server.js'
import type { Settings } from './settings.js'
import { titles } from './source.js'

export interface LiveOptions {
  readonly settings: Settings
  readonly database: Database
  readonly redis: RedisServer | undefined
  readonly cache: Cache
  readonly recorder: Recorder
  readonly costs: readonly RouteCosts[]
  readonly perSecond: number
}

/** The page, and the numbers it asks for once a second. */
export function livePages(options: LiveOptions) {
  const html = readFileSync(new URL('./page.html', import.meta.url), 'utf8')
  return {
    '/': () => ({ type: 'text/html; charset=utf-8', body: html }),
    '/stats': () => ({ type: 'application/json', body: JSON.stringify(statsOf(options)) }),
  }
}

function statsOf({ settings, database, redis, cache, recorder, costs, perSecond }: LiveOptions) {
  return {
    database: database.name,
    rows: settings.rows,
    perSecond,
    redis: redis && { url: redis.pid ? redis.url : 'REDIS_URL', pid: redis.pid ?? null },
    titles,
    totals: recorder.totals,
    recent: recorder.recent(10),
    history: recorder.history,
    cache: cache.stats(),
    table: costTable(costs),
  }
}
