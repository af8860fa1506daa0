import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { partsOf } from '../../examples/guide/app/parts-of.js'
import {
  allOff,
  allOn,
  formatSwitches,
  only,
  parseSwitches,
  type Switches,
} from '../../examples/guide/app/switches.js'
import { openTracing } from '../../examples/guide/app/tracing.js'
import { type GuideApps, openGuideApps, read, Watched } from '../support/guide-app.js'
import { describeNative } from '../support/native.js'

const dashboard = '/users/1/dashboard'
let guide: GuideApps

beforeAll(async () => {
  guide = await openGuideApps()
})
afterEach(() => guide.closeApps())
afterAll(() => guide.close())

describe('each switch does what it says', () => {
  test('batch: five queries in the place of one for each row', async () => {
    await read(await guide.open(allOff), dashboard)
    expect(guide.database.queries.length).toBeGreaterThan(22)
    await read(await guide.open(only('batch')), dashboard)
    expect(guide.database.queries).toHaveLength(5)
  })

  test('l1: nothing is asked twice', async () => {
    const app = await guide.open(only('l1'))
    await read(app, dashboard)
    guide.database.forget()
    await read(app, dashboard)
    expect(guide.database.queries).toEqual([])
    await app.clear()
    await read(app, dashboard)
    expect(guide.database.queries).not.toEqual([])
  })

  test('index: other tables', async () => {
    await read(await guide.open(allOff), dashboard)
    expect(
      guide.database.queries.filter((sql) => /\b(posts|comments)\b(?=\s+where)/.test(sql)),
    ).toEqual([])
    await read(await guide.open(only('index')), dashboard)
    expect(guide.database.queries.filter((sql) => sql.includes('_unindexed'))).toEqual([])
  })

  test('limit: fewer rows', async () => {
    await read(await guide.open(allOff), '/posts')
    const { rows } = guide.database
    await read(await guide.open(only('limit')), '/posts')
    expect(rows).toBeGreaterThan(200)
    expect(guide.database.rows).toBe(40)
  })

  test('columns: only those that are used', async () => {
    await read(await guide.open(allOff), dashboard)
    expect([...guide.database.columns]).toEqual(expect.arrayContaining(['bio', 'email', 'status']))
    await read(await guide.open(only('columns')), dashboard)
    for (const name of ['bio', 'email', 'status'])
      expect(guide.database.columns).not.toContain(name)
  })

  test('pool: off, the database that opens connections', async () => {
    const unpooled = new Watched(guide.database)
    const databases = { pooled: guide.database, unpooled }
    await read(await guide.open(allOff, { databases }), dashboard)
    const { length } = unpooled.queries
    expect(length).toBeGreaterThan(0)
    await read(await guide.open(only('pool'), { databases }), dashboard)
    expect(unpooled.queries).toHaveLength(length)
  })

  test('route: the response is kept', async () => {
    const app = await guide.open(only('route'))
    await read(app, dashboard)
    const response = await fetch(app.url + dashboard)
    expect(response.headers.get('cache-status')).toContain('hit')
    await response.arrayBuffer()
  })

  test('memo and the tiers: what is left of a request, by its Server-Timing', async () => {
    const tracing = openTracing()
    try {
      const countsOf = async (switches: Switches): Promise<Record<string, number>> => {
        const app = await guide.open(switches, { tracing })
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
    expect((await guide.open(only('native'))).native).toBe(true)
    expect((await guide.open(allOff)).native).toBe(false)
  })
})

test('switches are said by name', () => {
  expect(parseSwitches('index,l1')).toEqual(only('index', 'l1'))
  expect([parseSwitches('all'), parseSwitches('none')]).toEqual([allOn, allOff])
  expect(formatSwitches(only('l1', 'index'))).toBe('index,l1')
  expect(() => parseSwitches('index,turbo')).toThrow('"turbo" is no switch')
})
