import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Database } from '../../examples/demo/database.js'
import { type App, type AppOptions, openApp } from '../../examples/guide/app/open-app.js'
import { partsOf } from '../../examples/guide/app/parts-of.js'
import {
  allOff,
  allOn,
  formatSwitches,
  only,
  parseSwitches,
  switchNames,
  type SwitchName,
  type Switches,
} from '../../examples/guide/app/switches.js'
import { prepareTables } from '../../examples/guide/app/tables.js'
import { openTracing } from '../../examples/guide/app/tracing.js'
import { fill, openDatabase } from '../../examples/guide/database/open.js'
import { sizesOf } from '../../examples/guide/database/sizes.js'
import { describeNative } from '../support/native.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'

/** A database that counts what it is asked. */
class Watched implements Database {
  readonly name: string
  readonly place: string
  readonly queries: string[] = []
  rows = 0
  columns = new Set<string>()
  readonly #database: Database

  constructor(database: Database) {
    this.#database = database
    this.name = database.name
    this.place = database.place
  }

  async query<Row>(sql: string, parameters: readonly unknown[] = []): Promise<Row[]> {
    this.queries.push(sql)
    const rows = await this.#database.query<Row>(sql, parameters)
    this.rows += rows.length
    for (const row of rows) for (const name of Object.keys(row as object)) this.columns.add(name)
    return rows
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  forget(): void {
    this.queries.length = 0
    this.rows = 0
    this.columns.clear()
  }
}

const sizes = sizesOf(300)
const published = 4
const directory = mkdtempSync(join(tmpdir(), 'strata-guide-test-'))
const opened: App[] = []
let database: Watched
let apps = 0

beforeAll(async () => {
  const embedded = await openDatabase({ databaseUrl: undefined, dataDirectory: directory }, sizes)
  await fill(embedded, sizes, () => {})
  await prepareTables(embedded)
  database = new Watched(embedded)
})
afterEach(async () => {
  for (const app of opened.splice(0)) await app.close()
})
afterAll(async () => {
  await database.close()
  rmSync(directory, { recursive: true, force: true })
})

async function open(switches: Switches, options: Partial<AppOptions> = {}): Promise<App> {
  const app = await openApp({
    switches,
    databases: { pooled: database },
    redis: undefined,
    namespace: `guide-test-${apps++}`,
    ...options,
  })
  opened.push(app)
  database.forget()
  return app
}

const dashboard = '/users/1/dashboard'
const paths = [
  dashboard,
  '/users/7/dashboard',
  '/posts',
  `/posts/${published}`,
  '/posts/99999',
  '/users/nobody/dashboard',
]

interface Page {
  readonly status: number
  readonly body: unknown
}
async function read(app: App, path: string): Promise<Page> {
  const response = await fetch(app.url + path)
  return { status: response.status, body: await response.json() }
}

async function retitle(app: App, id: number, title: string): Promise<number> {
  const response = await fetch(`${app.url}/posts/${id}`, {
    method: 'POST',
    body: JSON.stringify({ title }),
  })
  await response.arrayBuffer()
  return response.status
}

const without = (...names: readonly SwitchName[]): Switches =>
  only(...switchNames.filter((name) => !names.includes(name)))

const combinations: readonly Switches[] = [
  allOff,
  ...switchNames.map((name) => only(name)),
  ...switchNames.map((name) => without(name)),
  allOn,
]

describe('the application of the guide', () => {
  /** Every page twice, cold and warm. */
  async function answersOf(switches: Switches, redis: string | undefined): Promise<Page[]> {
    const app = await open(switches, { redis })
    const answers: Page[] = []
    for (let round = 0; round < 2; round++) {
      for (const path of paths) answers.push(await read(app, path))
    }
    return answers
  }

  test('shows a dashboard', async () => {
    const { body } = await read(await open(allOff), dashboard)
    expect(body).toMatchObject({ id: 1, name: expect.any(String) })
    const { posts } = body as { posts: { comments: number; latestBy: string[]; novelty: number }[] }
    expect(posts).toHaveLength(10)
    for (const { novelty } of posts) expect(novelty).toBeGreaterThanOrEqual(0)
    expect(posts.at(-1)?.novelty).toBe(1)
    expect(posts.some(({ comments }) => comments > 0)).toBe(true)
    for (const { comments, latestBy } of posts) expect(latestBy).toHaveLength(Math.min(5, comments))
  })

  describeRedis('with Redis', () => {
    let redis: RedisServer
    let expected: Page[]

    beforeAll(async () => {
      redis = await startRedis()
      expected = await answersOf(allOff, undefined)
      const statuses = expected.slice(0, paths.length).map(({ status }) => status)
      expect(statuses).toEqual([200, 200, 200, 200, 404, 404])
    })
    afterAll(async () => await redis.close())

    test.each(combinations.map((switches) => [formatSwitches(switches), switches] as const))(
      'answers the same: %s',
      async (_name, switches) => {
        expect(await answersOf(switches, redis.url)).toEqual(expected)
      },
    )

    test('l2: what one has loaded, another of the same namespace does not ask for', async () => {
      const shared = { redis: redis.url, namespace: 'guide-test-shared' }
      const first = await open(only('l2'), shared)
      const loaded = await read(first, dashboard)
      const second = await open(only('l2'), shared)
      expect(await read(second, dashboard)).toEqual(loaded)
      expect(database.queries).toEqual([])
    })

    test.each([
      ['every switch', allOn],
      ['every switch but native', without('native')],
      ['l1 and l2', only('l1', 'l2')],
      ['l2', only('l2')],
      ['l1', only('l1')],
      ['route', only('route')],
    ])('a change is seen at once, by whoever reads meanwhile too: %s', async (_name, switches) => {
      const app = await open(switches, { redis: redis.url })
      // the latest post is on all three pages
      const { posts } = (await read(app, '/posts')).body as { posts: { id: number }[] }
      const id = posts[0]?.id ?? 0
      const [row] = await database.query<{ user_id: number }>(
        'select user_id from posts where id = $1',
        [id],
      )
      const pages = ['/posts', `/posts/${id}`, `/users/${row?.user_id}/dashboard`]
      const over = new AbortController()
      const readers = pages.map(async (path) => {
        while (!over.signal.aborted) await read(app, path)
      })
      try {
        for (let change = 0; change < 10; change++) {
          const title = `Title ${change} of ${apps}`
          expect(await retitle(app, id, title)).toBe(200)
          for (const path of pages) {
            expect(JSON.stringify((await read(app, path)).body), path).toContain(title)
          }
        }
      } finally {
        over.abort()
        await Promise.all(readers)
      }
    })
  })

  test('a change of what is not there, or to nothing, is refused', async () => {
    const app = await open(allOn)
    expect(await retitle(app, 99_999, 'Title')).toBe(404)
    const response = await fetch(`${app.url}/posts/${published}`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(400)
  })

  describe('each switch does what it says', () => {
    test('batch: five queries in the place of one for each row', async () => {
      await read(await open(allOff), dashboard)
      expect(database.queries.length).toBeGreaterThan(22)
      await read(await open(only('batch')), dashboard)
      expect(database.queries).toHaveLength(5)
    })

    test('l1: nothing is asked twice', async () => {
      const app = await open(only('l1'))
      await read(app, dashboard)
      database.forget()
      await read(app, dashboard)
      expect(database.queries).toEqual([])
      await app.clear()
      await read(app, dashboard)
      expect(database.queries).not.toEqual([])
    })

    test('index: other tables', async () => {
      await read(await open(allOff), dashboard)
      expect(
        database.queries.filter((sql) => /\b(posts|comments)\b(?=\s+where)/.test(sql)),
      ).toEqual([])
      await read(await open(only('index')), dashboard)
      expect(database.queries.filter((sql) => sql.includes('_unindexed'))).toEqual([])
    })

    test('limit: fewer rows', async () => {
      await read(await open(allOff), '/posts')
      const { rows } = database
      await read(await open(only('limit')), '/posts')
      expect(rows).toBeGreaterThan(200)
      expect(database.rows).toBe(40)
    })

    test('columns: only those that are used', async () => {
      await read(await open(allOff), dashboard)
      expect([...database.columns]).toEqual(expect.arrayContaining(['bio', 'email', 'status']))
      await read(await open(only('columns')), dashboard)
      for (const name of ['bio', 'email', 'status']) expect(database.columns).not.toContain(name)
    })

    test('pool: off, the database that opens connections', async () => {
      const unpooled = new Watched(database)
      const databases = { pooled: database, unpooled }
      await read(await open(allOff, { databases }), dashboard)
      const { length } = unpooled.queries
      expect(length).toBeGreaterThan(0)
      await read(await open(only('pool'), { databases }), dashboard)
      expect(unpooled.queries).toHaveLength(length)
    })

    test('route: the response is kept', async () => {
      const app = await open(only('route'))
      await read(app, dashboard)
      const response = await fetch(app.url + dashboard)
      expect(response.headers.get('cache-status')).toContain('hit')
      await response.arrayBuffer()
    })

    test('memo and the tiers: what is left of a request, by its Server-Timing', async () => {
      const tracing = openTracing()
      try {
        const countsOf = async (switches: Switches): Promise<Record<string, number>> => {
          const app = await open(switches, { tracing })
          await read(app, dashboard)
          const response = await fetch(app.url + dashboard)
          await response.arrayBuffer()
          const parts = partsOf(response.headers.get('server-timing'))
          return Object.fromEntries(
            parts.flatMap(({ name, times }) => (times === undefined ? [] : [[name, times]])),
          )
        }
        const queries = (await countsOf(allOff))['db']
        expect(await countsOf(allOff)).toEqual({ db: queries, loader: queries, cpu: 10 })
        expect(await countsOf(only('memo'))).toEqual({ db: queries, loader: queries })
        expect(await countsOf(only('memo', 'l1'))).toEqual({ L1: queries })
        expect(await countsOf(only('batch'))).toEqual({ db: 5, loader: queries, cpu: 10 })
        expect(await countsOf(only('route'))).toEqual({})
      } finally {
        await tracing.close()
      }
    })
  })

  describeNative('native', () => {
    test('on and off', async () => {
      expect((await open(only('native'))).native).toBe(true)
      expect((await open(allOff)).native).toBe(false)
    })
  })

  test('switches are said by name', () => {
    expect(parseSwitches('index,l1')).toEqual(only('index', 'l1'))
    expect([parseSwitches('all'), parseSwitches('none')]).toEqual([allOn, allOff])
    expect(formatSwitches(only('l1', 'index'))).toBe('index,l1')
    expect(() => parseSwitches('index,turbo')).toThrow('"turbo" is no switch')
  })
})
