import { afterEach, expect, test } from 'vitest'
import { fill, giveUp, lease } from '../../../../src/cache/handle.js'
import { reportOutside } from '../../../../src/cache/report.js'
import { type Cache, insideOf } from '../../../../src/cache/cache.js'
import { assembleCache } from '../../../../src/create-cache.js'
import { createServer } from '../../../../src/server/index.js'
import { Stats } from '../../../../src/service/dashboard/stats.js'
import { ManualClock } from '../../../support/manual-clock.js'

const opened: { close(): unknown }[] = []

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close()
})

interface Harness {
  readonly clock: ManualClock
  readonly cache: Cache
  readonly stats: Stats
  readonly app: ReturnType<typeof createServer>
}

function open(): Harness {
  const clock = new ManualClock()
  const cache = assembleCache({ namespace: 'strata' }, { clock })
  const app = createServer({ cache })
  const stats = new Stats({ cache, version: '1.2.3', app, isNative: () => true, clock })
  stats.open()
  opened.push(cache, stats)
  return { clock, cache, stats, app }
}

test('tells of the service and its cache', async () => {
  const { clock, cache, stats } = open()
  await cache.namespace('shop').set('a', 'value')
  clock.advance(90_000)
  const view = stats.view()
  expect(view).toMatchObject({
    version: '1.2.3',
    native: true,
    uptime: 90,
    at: clock.wall(),
    redis: { state: 'none' },
    bus: { transport: 'none', coherent: true },
    queue: { depth: 0 },
    tierErrors: {},
    latency: { loads: undefined, requests: undefined },
    hotKeys: [],
    slowLoads: [],
  })
  expect(view.memory).toMatchObject({ entries: 1, maxEntries: 10_000, maxBytes: 2 ** 26 })
  expect(view.namespaces.map(({ name }) => name)).toEqual([undefined, 'shop'])
})

test('reads of the last minute are those before anybody looked as well, and no older ones', async () => {
  const { clock, cache, stats } = open()
  const shop = cache.namespace('shop')
  const lastMinute = () => {
    const { namespaces, lastMinuteSeconds } = stats.view()
    const of = namespaces.find(({ name }) => name === 'shop')
    return [lastMinuteSeconds, of?.lastMinute, of?.reads]
  }
  await shop.get('a')
  await shop.get('a', () => 1)
  clock.advance(3_000)
  const first = { miss: { none: 1, loader: 1 } }
  expect(lastMinute()).toEqual([3, first, first])
  clock.advance(29_000)
  await shop.get('a')
  const both = { ...first, hit: { memory: 1 } }
  expect(lastMinute()).toEqual([32, both, both])
  clock.advance(32_000)
  expect(lastMinute()).toEqual([64, both, both])
  clock.advance(1_000)
  expect(lastMinute()).toEqual([60, { hit: { memory: 1 } }, both])
  clock.advance(60_000)
  expect(lastMinute()).toEqual([60, {}, both])
})

test('a key is as hot as it was read, also natively, and of this cache only', async () => {
  const { clock, cache, stats } = open()
  const shop = cache.namespace('shop')
  await shop.get('a')
  await shop.get('a', () => 1)
  await shop.get('a')
  await cache.get('b')
  reportOutside(insideOf(shop).space, 'native', { hit: 40, stale: 2 })
  const stranger = assembleCache({ namespace: 'stratagem' }, { clock })
  opened.push(stranger)
  await stranger.get('c')
  const hot = stats.view().hotKeys.map(({ name, key, reads }) => ({ name, key, reads }))
  expect(hot).toEqual([
    { name: 'shop', key: 'native', reads: 42 },
    { name: 'shop', key: 'a', reads: 3 },
    { name: undefined, key: 'b', reads: 1 },
  ])
})

test('a load is timed and told, what it gave or failed with is not', async () => {
  const { clock, cache, stats } = open()
  const shop = cache.namespace('shop')
  await shop.get('slow', () => {
    clock.advance(250)
    return 'secret value'
  })
  const failing = shop.get('bad', () => {
    clock.advance(50)
    throw new Error('secret reason')
  })
  await expect(failing).rejects.toThrow('secret reason')
  const view = stats.view()
  expect(view.slowLoads).toEqual([
    {
      namespace: 'strata.shop',
      name: 'shop',
      key: 'slow',
      ms: 250,
      at: clock.wall() - 50,
      failed: false,
    },
    { namespace: 'strata.shop', name: 'shop', key: 'bad', ms: 50, at: clock.wall(), failed: true },
  ])
  expect(view.latency.loads?.count).toBe(2)
  expect(JSON.stringify(view)).not.toContain('secret')
})

test('a load of a client is timed from its lease to its end', async () => {
  const { clock, cache, stats } = open()
  const shop = cache.namespace('shop')
  const wish = { ttl: '5s', wait: 0 } as const
  const lent = await lease(shop, 'a', wish)
  if (lent.kind !== 'yours') throw new Error(lent.kind)
  clock.advance(300)
  await fill(shop, 'a', 'no token', 1, {})
  await fill(shop, 'a', lent.token, 1, {})
  const other = await lease(shop, 'b', wish)
  if (other.kind !== 'yours') throw new Error(other.kind)
  clock.advance(20)
  await giveUp(shop, 'b', other.token)
  const { slowLoads, latency } = stats.view()
  expect(slowLoads.map(({ key, ms, failed }) => ({ key, ms, failed }))).toEqual([
    { key: 'a', ms: 300, failed: false },
    { key: 'b', ms: 20, failed: true },
  ])
  expect(latency.loads?.count).toBe(2)
})

test('requests of its app are timed, those of others are not', async () => {
  const { cache, stats, app } = open()
  app.get('/a', () => 'a')
  const other = createServer({ cache }).get('/a', () => 'a')
  await app.fetch(new Request('http://x/a'))
  await app.fetch(new Request('http://x/none'))
  await other.fetch(new Request('http://x/a'))
  expect(stats.view().latency.requests?.count).toBe(2)
})

test('closed, it listens no more', async () => {
  const { cache, stats } = open()
  stats.close()
  await cache.get('a', () => 1)
  expect(stats.view()).toMatchObject({ hotKeys: [], slowLoads: [] })
})
