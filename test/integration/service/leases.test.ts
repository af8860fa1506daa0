import { afterEach, describe, expect, test } from 'vitest'
import { DataService } from '../../support/data-service.js'
import { describeRedis, startRedis, type RedisServer } from '../../support/redis-server.js'

const open: DataService[] = []
async function opened(...given: Parameters<typeof DataService.open>): Promise<DataService> {
  const service = await DataService.open(...given)
  open.push(service)
  return service
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()))
})

function tokenOf(answer: Response): string {
  const [, token] = /^(\S+); ttl=\d+$/.exec(answer.headers.get('strata-lease') ?? '') ?? []
  if (token === undefined) throw new Error(`no lease: ${answer.status}`)
  return token
}

/** What a client in any language does: reads, loads if it is told to, or reads again. */
async function getOrLoad(
  service: DataService,
  path: string,
  load: () => Promise<unknown>,
): Promise<unknown> {
  for (;;) {
    const got = await service.ask(`${path}?lease=5s&wait=5s`)
    if (got.ok) return await got.json()
    if (got.status === 503) continue
    const value = await load()
    await service.put(path, value, { 'strata-lease': tokenOf(got) })
    return value
  }
}

type Pair = readonly [DataService, DataService]

function suite(openTwo: () => Promise<Pair>): void {
  test('is given to one, and what he stores is there for all', async () => {
    const [one, other] = await openTwo()
    const first = await one.ask('/v1/shop/a?lease=5s')
    expect(first.status).toBe(404)
    expect(first.headers.get('strata-lease')).toMatch(/; ttl=5$/)
    expect(first.headers.get('cache-control')).toBe('no-store')
    const second = await other.ask('/v1/shop/a?lease=5s&wait=0')
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await second.json()).toMatchObject({ type: 'https://strata-cache.dev/problems/busy' })
    const waiting = other.ask('/v1/shop/a?lease=5s&wait=20s')
    const put = await one.put('/v1/shop/a', { n: 1 }, { 'strata-lease': tokenOf(first) })
    expect(put.status).toBe(204)
    const third = await waiting
    expect([third.status, await third.json()]).toEqual([200, { n: 1 }])
    expect(third.headers.get('etag')).toBe(put.headers.get('etag'))
    expect((await other.ask('/v1/shop/a')).status).toBe(200)
  })

  test('is given back, and is then for the next who waits', async () => {
    const [one, other] = await openTwo()
    const token = tokenOf(await one.ask('/v1/shop/a?lease=20s'))
    const waiting = other.ask('/v1/shop/a?lease=5s&wait=20s')
    const back = await other.ask(`/v1/shop/a?lease=${token}`, { method: 'DELETE' })
    expect(back.status).toBe(204)
    expect(tokenOf(await waiting)).not.toBe(token)
    const again = await one.ask(`/v1/shop/a?lease=${token}`, { method: 'DELETE' })
    expect(again.status).toBe(409)
  })

  test('is lost by a delete: what was loaded before it is not stored', async () => {
    const [one, other] = await openTwo()
    const token = tokenOf(await one.ask('/v1/shop/a?lease=20s'))
    await other.ask('/v1/shop/a', { method: 'DELETE' })
    const put = await one.put('/v1/shop/a', { n: 'old' }, { 'strata-lease': token })
    expect(put.status).toBe(409)
    expect(await put.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/lease-revoked',
    })
    expect((await one.ask('/v1/shop/a')).status).toBe(404)
  })

  test('is not needed for what is fresh', async () => {
    const [one, other] = await openTwo()
    await one.put('/v1/shop/a', 1)
    const got = await other.ask('/v1/shop/a?lease=5s')
    expect([got.status, got.headers.has('strata-lease')]).toEqual([200, false])
  })

  test('lets others have what is stale, while one loads', async () => {
    const [one, other] = await openTwo()
    await one.put('/v1/shop/a', 'old', {
      'cache-control': 'max-age=0, stale-while-revalidate=600',
      'content-type': 'text/plain',
    })
    const first = await one.ask('/v1/shop/a?lease=20s&wait=0')
    expect(first.status).toBe(404)
    const second = await other.ask('/v1/shop/a?lease=20s&wait=0')
    expect([second.status, await second.text()]).toEqual([200, 'old'])
    expect(second.headers.get('cache-status')).toMatch(/^strata; hit; ttl=-\d+$/)
    const put = await one.put('/v1/shop/a', 'new', {
      'strata-lease': tokenOf(first),
      'content-type': 'text/plain',
    })
    expect(put.status).toBe(204)
    const third = await one.ask('/v1/shop/a?lease=20s&wait=0')
    expect(await third.text()).toBe('new')
  })

  test('makes one load of many', async () => {
    const services = await openTwo()
    let loads = 0
    const load = async (): Promise<unknown> => {
      loads++
      await new Promise(setImmediate)
      return { loads }
    }
    const all = Array.from({ length: 40 }, (_, i) =>
      getOrLoad(services[i % 2] as DataService, '/v1/shop/a', load),
    )
    expect(new Set((await Promise.all(all)).map((value) => JSON.stringify(value)))).toEqual(
      new Set(['{"loads":1}']),
    )
    expect(loads).toBe(1)
  })
}

describe('a lease, in memory', () =>
  suite(async () => {
    const service = await opened()
    return [service, service]
  }))

test.each([
  'lease=5',
  'lease=1ms',
  'lease=2m',
  'lease=x',
  'lease=5s&wait=31s',
  'lease=5s&wait=-1s',
  'lease=5s&wait=x',
])('%s is no wish for a lease', async (query) => {
  const service = await opened()
  const got = await service.ask(`/v1/shop/a?${query}`)
  expect(got.status).toBe(400)
  expect(await got.json()).toMatchObject({
    type: 'https://strata-cache.dev/problems/bad-request',
  })
})

test.each(['', 'x y', 'x'.repeat(300)])('"%s" is no token', async (token) => {
  const service = await opened()
  const query = new URLSearchParams({ lease: token }).toString()
  const back = await service.ask(`/v1/shop/a?${query}`, { method: 'DELETE' })
  expect(back.status).toBe(400)
})

test('a token that nobody gave is not held', async () => {
  const service = await opened()
  const headers = { 'strata-lease': 'nonsense' }
  expect((await service.put('/v1/shop/a', 1, headers)).status).toBe(409)
  const back = await service.ask('/v1/shop/a?lease=nonsense', { method: 'DELETE' })
  expect(back.status).toBe(409)
})

describeRedis('a lease, of two processes on one Redis', () => {
  let redis: RedisServer | undefined
  afterEach(async () => {
    await redis?.close()
    redis = undefined
  })

  suite(async () => {
    const { url } = (redis = await startRedis())
    const options = { redis: { url, timeout: '10s', connectTimeout: '20s' } } as const
    const pair: Pair = [await opened(options), await opened(options)]
    await Promise.all(pair.map((service) => service.cache.ready()))
    return pair
  })
})
