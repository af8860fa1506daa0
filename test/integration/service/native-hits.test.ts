import { afterEach, describe, expect, test } from 'vitest'
import { DataService } from '../../support/data-service.js'
import { listener } from '../../support/listener.js'
import { describeRedis, startRedis, until, type RedisServer } from '../../support/redis-server.js'

const isNative = listener === 'native'

const open: DataService[] = []
async function opened(...given: Parameters<typeof DataService.open>): Promise<DataService> {
  const service = await DataService.open(...given)
  open.push(service)
  return service
}
afterEach(async () => {
  await Promise.all(open.splice(0).map((service) => service.close()))
})

/** Asks until the listener answers by itself, as it does from the second time on. */
async function warmed(service: DataService, path: string, which: 0 | 1 = 0): Promise<void> {
  const before = service.hits(which)
  await service.ask(path, {}, which)
  if (isNative)
    await until(async () => (await service.ask(path, {}, which)).ok && service.hits(which) > before)
}

type Change = readonly [
  name: string,
  change: (service: DataService) => Promise<unknown>,
  then: string | 404,
]

const CHANGES: readonly Change[] = [
  ['is put anew', (s) => s.put('/v1/shop/a', 'new', { 'content-type': 'text/plain' }), 'new'],
  ['is deleted', (s) => s.ask('/v1/shop/a', { method: 'DELETE' }), 404],
  ['is purged', (s) => s.post('/v1/shop/_purge', { keys: ['a'] }), 404],
  ['is purged softly', (s) => s.post('/v1/shop/_purge', { keys: ['a'], soft: true }), 404],
  ['is purged by its tag', (s) => s.post('/v1/shop/_purge', { tags: ['t'] }), 404],
  [
    'is purged by its tag, softly',
    (s) => s.post('/v1/shop/_purge', { tags: ['t'], soft: true }),
    404,
  ],
  ['is purged with all others', (s) => s.post('/v1/shop/_purge', { all: true }), 404],
  [
    'is one of a batch',
    (s) => s.post('/v1/shop/_set', { entries: [{ key: 'a', value: 'new' }] }),
    '"new"',
  ],
  ['is set by the library', (s) => s.cache.namespace('shop').set('a', 'new'), '"new"'],
]

describe('what the listener answers by itself', () => {
  test('is the value of the second request and of all that follow', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', { n: 1 })
    await warmed(service, '/v1/shop/a')
    const before = service.hits()
    const got = await service.ask('/v1/shop/a')
    expect(await got.json()).toEqual({ n: 1 })
    expect(service.hits() - before).toBe(isNative ? 1 : 0)
    expect(got.headers.get('cache-status')).toMatch(/^strata; hit; ttl=(300|29\d)$/)
    expect(got.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
    expect(got.headers.get('cache-control')).toBe('no-cache')
    expect(got.headers.has('request-id')).toBe(false)
  })

  test.each(CHANGES)('is never what was there before it %s', async (_, change, then) => {
    const service = await opened()
    for (const which of [0, 1] as const) {
      for (let round = 0; round < 5; round++) {
        const headers = { 'content-type': 'text/plain', 'cache-tag': 't' }
        await service.put('/v1/shop/a', 'old', headers)
        await warmed(service, '/v1/shop/a', which)
        await change(service)
        const got = await service.ask('/v1/shop/a', {}, which)
        expect(then === 404 ? got.status : await got.text()).toBe(then)
      }
    }
  })

  test('is not what another key, or another namespace, has', async () => {
    const service = await opened()
    for (const path of ['/v1/shop/a', '/v1/shop/b', '/v1/food/a', '/v1/shop/a/b']) {
      await service.put(path, JSON.stringify(path))
      await warmed(service, path)
    }
    for (const path of ['/v1/shop/a', '/v1/shop/b', '/v1/food/a', '/v1/shop/a/b']) {
      expect(await (await service.ask(path)).json()).toBe(path)
    }
    await service.post('/v1/shop/_purge', { all: true })
    expect((await service.ask('/v1/shop/b')).status).toBe(404)
    expect((await service.ask('/v1/food/a')).status).toBe(200)
  })

  test('is not what a parameter that is none is answered with', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', 1)
    await warmed(service, '/v1/shop/a')
    await warmed(service, '/v1/shop/a?lease=5s')
    const before = service.hits()
    for (const query of ['ttl=5s', 'leas=5s', 'lease=5s&x', '_=1']) {
      for (const method of ['GET', 'HEAD']) {
        expect((await service.ask(`/v1/shop/a?${query}`, { method })).status).toBe(400)
      }
    }
    expect(service.hits()).toBe(before)
    expect((await service.ask('/v1/shop/a')).status).toBe(200)
    expect(service.hits() - before).toBe(isNative ? 1 : 0)
  })

  test('is one key however its path is written', async () => {
    const service = await opened()
    await service.put('/v1/shop/a%2Fb', 1)
    for (const path of ['/v1/shop/a/b', '/v1/shop/a%2fb', '/v1/shop/%61/b']) {
      await warmed(service, path)
    }
    await service.put('/v1/shop/a/b', 2)
    for (const path of ['/v1/shop/a/b', '/v1/shop/a%2Fb', '/v1/shop/%61/b']) {
      expect(await (await service.ask(path)).json()).toBe(2)
    }
  })

  test('answers conditions, ranges and HEAD', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', 'abcdef', { 'content-type': 'text/plain' })
    await warmed(service, '/v1/shop/a')
    const etag = (await service.ask('/v1/shop/a')).headers.get('etag') ?? ''
    const known = await service.ask('/v1/shop/a', { headers: { 'if-none-match': etag } })
    expect([known.status, known.headers.get('etag')]).toEqual([304, etag])
    const other = await service.ask('/v1/shop/a', { headers: { 'if-none-match': '"other"' } })
    expect(other.status).toBe(200)
    const head = await service.ask('/v1/shop/a', { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      '6',
      '',
    ])
    const part = await service.ask('/v1/shop/a', { headers: { range: 'bytes=1-2' } })
    expect([part.status, await part.text()]).toEqual([206, 'bc'])
  })

  test('ends with the lifetime of the value', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', 1, { 'cache-control': 'max-age=1' })
    await warmed(service, '/v1/shop/a')
    const { freshUntil = 0 } = await service.cache.namespace('shop').read('a')
    const before = service.hits()
    let got = await service.ask('/v1/shop/a')
    while (got.ok) {
      expect(Date.now()).toBeLessThan(freshUntil + 1_000)
      expect(Number(/ttl=(-?\d+)/.exec(got.headers.get('cache-status') ?? '')?.[1])).toBeLessThan(1)
      got = await service.ask('/v1/shop/a')
    }
    expect(got.status).toBe(404)
    expect(Date.now()).toBeGreaterThanOrEqual(freshUntil - 1)
    expect(service.hits() > before).toBe(isNative)
  })

  test('has the age of the value, which grows', async () => {
    const service = await opened()
    const headers = { 'cache-control': 'max-age=100' }
    await service.put('/v1/shop/a', 1, headers)
    // asked for only when it is a second old
    const { storedAt = 0 } = await service.cache.namespace('shop').read('a')
    await until(() => Date.now() - storedAt > 1_100)
    await warmed(service, '/v1/shop/a')
    const first = await service.ask('/v1/shop/a')
    const age = Number(first.headers.get('age'))
    expect(age).toBeGreaterThanOrEqual(1)
    expect(
      Number(/ttl=(\d+)/.exec(first.headers.get('cache-status') ?? '')?.[1]),
    ).toBeLessThanOrEqual(98)
    await until(async () => Number((await service.ask('/v1/shop/a')).headers.get('age')) > age)
  })

  test('is nothing that a page of another site asks for', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', 1)
    await warmed(service, '/v1/shop/a')
    for (const site of ['cross-site', 'same-site', 'Cross-Site', 'whatever']) {
      const got = await service.ask('/v1/shop/a', { headers: { 'sec-fetch-site': site } })
      expect([site, got.status]).toEqual([site, 403])
    }
    for (const site of ['same-origin', 'none']) {
      const got = await service.ask('/v1/shop/a', { headers: { 'sec-fetch-site': site } })
      expect(got.status).toBe(200)
    }
    expect((await service.ask('/v1/shop/a')).status).toBe(200)
  })

  test('is nothing any more once tokens are needed, and again when they are not', async () => {
    const service = await opened()
    await service.put('/v1/shop/a', 1)
    for (const which of [0, 1] as const) await warmed(service, '/v1/shop/a', which)
    const openAccess = service.access
    service.access = {
      isOpen: false,
      check: (authorization) => (authorization === 'Bearer t' ? 'allowed' : 'unauthorized'),
    }
    service.mount(true)
    await service.settled()
    for (const which of [0, 1] as const) {
      expect((await service.ask('/v1/shop/a', {}, which)).status).toBe(401)
      const headers = { authorization: 'Bearer t' }
      const got = await service.ask('/v1/shop/a', { headers }, which)
      expect([got.status, await got.json()]).toEqual([200, 1])
    }
    await service.put('/v1/shop/a', 2, { authorization: 'Bearer t' })
    service.access = openAccess
    service.mount(true)
    await service.settled()
    await warmed(service, '/v1/shop/a')
    expect(await (await service.ask('/v1/shop/a')).json()).toBe(2)
  })
})

describeRedis('with Redis', () => {
  let redis: RedisServer
  afterEach(() => redis.close())

  test('is not what another process has replaced', async () => {
    redis = await startRedis()
    const options = { redis: { url: redis.url, timeout: '10s', connectTimeout: '20s' } } as const
    const [one, other] = [await opened(options), await opened(options)]
    await Promise.all([one.cache.ready(), other.cache.ready()])
    await until(() => one.cache.stats().bus.coherent && other.cache.stats().bus.coherent)
    await one.put('/v1/shop/a', 1)
    for (const service of [one, other]) await warmed(service, '/v1/shop/a')
    const before = other.hits()
    await one.put('/v1/shop/a', 2)
    await until(async () => (await (await other.ask('/v1/shop/a')).json()) === 2)
    await warmed(other, '/v1/shop/a')
    expect(other.hits() > before).toBe(isNative)
    await other.ask('/v1/shop/a', { method: 'DELETE' })
    await until(async () => (await one.ask('/v1/shop/a')).status === 404)
    await one.cache.namespace('shop').set('a', 3, { tags: ['t'] })
    for (const service of [one, other]) await warmed(service, '/v1/shop/a')
    await other.post('/v1/shop/_purge', { tags: ['t'] })
    await until(async () => (await one.ask('/v1/shop/a')).status === 404)
  })

  test('is not asked for what the listener has, nor written to for it', async () => {
    redis = await startRedis()
    const service = await opened({
      redis: { url: redis.url, timeout: '10s', connectTimeout: '20s' },
    })
    await service.cache.ready()
    await service.put('/v1/shop/a', 1)
    await warmed(service, '/v1/shop/a')
    await service.ask('/v1/shop/missing')
    const keys = (await redis.cli('keys', '*')).split('\n').filter((key) => key.includes('http|'))
    expect(keys).toEqual([])
    expect(await redis.cli('keys', '*url:*')).toBe('')
  })
})
