import { type CacheOptions, createCache } from 'strata-cache'
import type { Blog } from './blog.js'
import { createCachedBlog } from './cached-blog.js'
import type { Database } from './database.js'
import { createHttpClient } from './http-client.js'
import { isReady } from './is-ready.js'
import { openDatabase } from './open-database.js'
import { createPlainBlog } from './plain-blog.js'
import { startProgress } from './progress.js'
import { createQueries } from './queries.js'
import { openRedis, type RedisServer } from './redis-server.js'
import { authorsOf, seed, version } from './seed.js'
import { isSeeded } from './seed-mark.js'
import type { Settings } from './settings.js'
import type { Teardown } from './teardown.js'
import type { Terminal } from './terminal.js'

export type Parts = Awaited<ReturnType<typeof openParts>>

/** Database, Redis, caches, and the blog in three forms over them; each is told to `teardown` as soon as it is there. */
export async function openParts(settings: Settings, terminal: Terminal, teardown: Teardown) {
  terminal.status('opening the database ...')
  const database = await openDatabase(settings)
  teardown.add(() => database.close())
  terminal.status('')
  terminal.say(`database  ${database.name}, in ${database.place}`)
  await fill(database, settings, terminal)

  const redis = await openRedis(settings.redisUrl)
  if (redis) teardown.add(() => redis.close())
  terminal.say(`Redis     ${describe(redis)}`)

  const caches = await openCaches(redis, settings, terminal, teardown)
  const queries = createQueries(database)
  const client = createHttpClient()
  teardown.add(() => client.close())
  return {
    database,
    redis,
    cache: caches.both,
    client,
    plain: createPlainBlog(queries),
    cached: createCachedBlog(caches.both, queries),
    redisOnly: caches.redisOnly && createCachedBlog(caches.redisOnly, queries),
  }
}

async function openCaches(
  redis: RedisServer | undefined,
  { rows }: Settings,
  terminal: Terminal,
  teardown: Teardown,
) {
  // The library's own lines: one when Redis goes, one when it is back.
  const say = (_details: object, message: string) => terminal.say(`cache     ${message}`)
  const tiers: CacheOptions = {
    namespace: `strata-demo-${rows}`,
    ttl: '5m',
    grace: '1h',
    ...(redis && { redis: redis.url }),
  }
  const both = createCache({
    ...tiers,
    // Small, so that Redis has something to do: the default holds every post that anybody reads here.
    memory: { maxEntries: 2_000 },
    logger: { info: say, warn: say },
  })
  teardown.add(() => both.close())
  if (!redis || !(await isReady(both))) return { both }
  const redisOnly = createCache({ ...tiers, memory: false, logger: false })
  teardown.add(() => redisOnly.close())
  await redisOnly.ready()
  return { both, redisOnly }
}

async function fill(database: Database, { rows }: Settings, terminal: Terminal): Promise<void> {
  const content = `${rows} posts, ${3 * rows} comments, ${authorsOf(rows)} authors`
  if (await isSeeded(database, { version, rows })) {
    terminal.say(`          ${content}, from an earlier run`)
    return
  }
  const bar = startProgress(terminal, `making ${content}`)
  await seed(database, rows, bar.update)
  bar.done()
}

const warmPosts = 1_000

/** As after a restart of one process among many: Redis knows the posts that are read most, memory is empty. */
export async function warm(blog: Blog, { rows }: Settings, terminal: Terminal): Promise<void> {
  const posts = Math.min(warmPosts, rows)
  const bar = startProgress(terminal, `filling Redis with ${posts} posts`)
  const atOnce = 10
  for (let id = 1; id <= posts; id += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, (_, n) => blog.post(id + n)))
    bar.update(id / posts)
  }
  bar.done()
}

function describe(redis: RedisServer | undefined): string {
  if (redis?.pid) return `a child process, pid ${redis.pid}, at ${redis.url}`
  if (redis) return 'yours (REDIS_URL)'
  return 'none: REDIS_URL is not set and no redis-server is installed, so there is L1 only'
}
