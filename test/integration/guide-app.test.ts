import { randomUUID } from 'node:crypto'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { App } from '../../examples/guide/app/open-app.js'
import {
  allOff,
  allOn,
  formatSwitches,
  only,
  switchNames,
  type SwitchName,
  type Switches,
} from '../../examples/guide/app/switches.js'
import { type GuideApps, openGuideApps, type Page, read } from '../support/guide-app.js'
import { describeRedis, type RedisServer, startRedis } from '../support/redis-server.js'

const published = 4
const dashboard = '/users/1/dashboard'
const paths = [
  dashboard,
  '/users/7/dashboard',
  '/posts',
  `/posts/${published}`,
  '/posts/99999',
  '/users/nobody/dashboard',
]
let guide: GuideApps

beforeAll(async () => {
  guide = await openGuideApps()
})
afterEach(() => guide.closeApps())
afterAll(() => guide.close())

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
    const app = await guide.open(switches, { redis })
    const answers: Page[] = []
    for (let round = 0; round < 2; round++) {
      for (const path of paths) answers.push(await read(app, path))
    }
    return answers
  }

  test('shows a dashboard', async () => {
    const { body } = await read(await guide.open(allOff), dashboard)
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
      const first = await guide.open(only('l2'), shared)
      const loaded = await read(first, dashboard)
      const second = await guide.open(only('l2'), shared)
      expect(await read(second, dashboard)).toEqual(loaded)
      expect(guide.database.queries).toEqual([])
    })

    test.each([
      ['every switch', allOn],
      ['every switch but native', without('native')],
      ['l1 and l2', only('l1', 'l2')],
      ['l2', only('l2')],
      ['l1', only('l1')],
      ['route', only('route')],
    ])('a change is seen at once, by whoever reads meanwhile too: %s', async (_name, switches) => {
      const app = await guide.open(switches, { redis: redis.url })
      // the latest post is on all three pages
      const { posts } = (await read(app, '/posts')).body as { posts: { id: number }[] }
      const id = posts[0]?.id ?? 0
      const [row] = await guide.database.query<{ user_id: number }>(
        'select user_id from posts where id = $1',
        [id],
      )
      const pages = ['/posts', `/posts/${id}`, `/users/${row?.user_id}/dashboard`]
      const unique = randomUUID()
      const over = new AbortController()
      const readers = pages.map(async (path) => {
        while (!over.signal.aborted) await read(app, path)
      })
      try {
        for (let change = 0; change < 10; change++) {
          const title = `Title ${change} of ${unique}`
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
    const app = await guide.open(allOn)
    expect(await retitle(app, 99_999, 'Title')).toBe(404)
    const response = await fetch(`${app.url}/posts/${published}`, { method: 'POST', body: '{}' })
    expect(response.status).toBe(400)
  })
})
