import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { DataService } from '../../support/data-service.js'
import { describeRedis, startRedis, type RedisServer } from '../../support/redis-server.js'

let service: DataService
beforeEach(async () => {
  service = await DataService.open()
})
afterEach(() => service.close())

async function asked(path: string, body: unknown): Promise<Record<string, unknown>> {
  const answer = await service.post(path, body)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toBe('application/json')
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff')
  return (await answer.json()) as Record<string, unknown>
}

describe('_get', () => {
  test('has what is there, in the order asked for', async () => {
    const etag = (await service.put('/v1/shop/a', { n: 1 })).headers.get('etag')
    await service.put('/v1/shop/b/c', 'text', { 'content-type': 'text/plain' })
    await service.cache.namespace('shop').set('d', new Set([1]))
    const { entries } = await asked('/v1/shop/_get', { keys: ['b/c', 'x', 'a', 'd', 'a'] })
    expect(entries).toMatchObject([
      { key: 'b/c', found: true, base64: 'dGV4dA==', type: 'text/plain', age: 0, ttl: 299 },
      { key: 'x', found: false },
      { key: 'a', found: true, value: { n: 1 }, etag },
      { key: 'd', found: true, type: 'application/vnd.msgpack' },
      { key: 'a', found: true, value: { n: 1 } },
    ])
    expect((entries as object[])[1]).toEqual({ key: 'x', found: false })
  })

  test('of nothing is nothing', async () => {
    expect(await asked('/v1/shop/_get', { keys: [] })).toEqual({ entries: [] })
  })

  test('gives no more at once than memory is safe with', async () => {
    const value = 'x'.repeat(4 * 2 ** 20 - 2)
    await service.put('/v1/shop/a', { value: value.slice(20) })
    const keys = Array.from({ length: 120 }, () => 'a')
    expect((await service.post('/v1/shop/_get', { keys })).status).toBe(413)
  })

  test('writes no more than that, however many are read at once', async () => {
    await service.put('/v1/shop/a', 'x'.repeat(4 * 2 ** 20), { 'content-type': 'text/plain' })
    const written = vi.spyOn(Buffer.prototype, 'toString')
    const keys = Array.from({ length: 100 }, () => 'a')
    expect((await service.post('/v1/shop/_get', { keys })).status).toBe(413)
    const texts = written.mock.calls.filter(([encoding]) => encoding === 'base64')
    written.mockRestore()
    // 32 MB, and the one that is too much
    expect(texts).toHaveLength(6)
  })
})

describe('_set', () => {
  test('stores values, with their lifetimes and tags', async () => {
    const entries = [
      { key: 'a', value: { n: 1 }, ttl: 60, tags: ['t'] },
      { key: 'b/c', value: null, ttl: '5m', grace: '1h' },
      { key: 'd', base64: 'dGV4dA==', type: 'text/plain' },
      { key: 'e', base64: 'eyJuIjoxfQ==', type: 'application/json' },
      { key: 'f', base64: 'gaFuAQ==', type: 'application/vnd.msgpack' },
    ]
    const done = { stored: 5, queued: false, errors: [] }
    expect(await asked('/v1/shop/_set', { entries })).toEqual(done)
    const shop = service.cache.namespace('shop')
    const a = await shop.read('a')
    expect([a.value, a.tags]).toEqual([{ n: 1 }, ['t']])
    expect((a.freshUntil ?? 0) - (a.storedAt ?? 0)).toBe(60_000)
    const b = await shop.read('b/c')
    expect([b.outcome, b.value]).toEqual(['hit', null])
    expect((b.staleUntil ?? 0) - (b.freshUntil ?? 0)).toBe(3_600_000)
    const d = await service.ask('/v1/shop/d')
    expect([d.headers.get('content-type'), await d.text()]).toEqual(['text/plain', 'text'])
    for (const key of ['e', 'f']) expect(await shop.get(key)).toEqual({ n: 1 })
  })

  test('tells of a value that is too deep for the stack as of any that is too deep', async () => {
    const value = '['.repeat(200_000) + ']'.repeat(200_000)
    const answer = await service.ask('/v1/shop/_set', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: `{"entries":[{"key":"a","value":${value}},{"key":"b","value":1}]}`,
    })
    expect(await answer.json()).toMatchObject({
      stored: 1,
      errors: [{ key: 'a', problem: 'not-stored' }],
    })
    expect(service.faults).toEqual([])
  })

  test('tells of each that cannot be stored, and stores the others', async () => {
    let deep: unknown = 1
    for (let i = 0; i < 300; i++) deep = [deep]
    const bad: [entry: unknown, problem: string][] = [
      [1, 'bad-request'],
      [{ value: 1 }, 'bad-key'],
      [{ key: '_a', value: 1 }, 'bad-key'],
      [{ key: '', value: 1 }, 'bad-key'],
      [{ key: 'x'.repeat(2_000), value: 1 }, 'bad-key'],
      [{ key: '\ud800', value: 1 }, 'bad-key'],
      [{ key: 'a' }, 'bad-request'],
      [{ key: 'a', value: 1, base64: '' }, 'bad-request'],
      [{ key: 'a', value: 1, type: 'text/plain' }, 'bad-request'],
      [{ key: 'a', base64: 'a' }, 'bad-request'],
      [{ key: 'a', base64: '____' }, 'bad-request'],
      [{ key: 'a', base64: 'e30=', type: 7 }, 'bad-request'],
      [{ key: 'a', base64: 'e30=', type: 'text' }, 'unsupported-media-type'],
      [{ key: 'a', base64: 'e3', type: 'application/json' }, 'bad-request'],
      [{ key: 'a', base64: 'e3t7', type: 'application/json' }, 'bad-json'],
      [{ key: 'a', value: 1, ttl: 'soon' }, 'bad-request'],
      [{ key: 'a', value: 1, ttl: -1 }, 'bad-request'],
      [{ key: 'a', value: 1, tags: 'a' }, 'bad-request'],
      [{ key: 'a', value: 1, tags: [''] }, 'bad-request'],
      [{ key: 'a', value: 1, more: 1 }, 'bad-request'],
      [{ key: 'a', value: deep }, 'not-stored'],
    ]
    const entries = [...bad.map(([entry]) => entry), { key: 'good', value: 1 }]
    const { stored, errors } = await asked('/v1/shop/_set', { entries })
    expect(stored).toBe(1)
    expect((errors as { problem: string }[]).map(({ problem }) => problem)).toEqual(
      bad.map(([, problem]) => problem),
    )
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
    expect((await service.ask('/v1/shop/good')).status).toBe(200)
    expect(service.faults).toEqual([])
  })

  test('of a ttl of nothing deletes', async () => {
    await service.put('/v1/shop/a', 1)
    await asked('/v1/shop/_set', { entries: [{ key: 'a', value: 2, ttl: 0 }] })
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
  })
})

describe('_purge', () => {
  beforeEach(async () => {
    await service.put('/v1/shop/a', 1, { 'cache-tag': 't' })
    await service.put('/v1/shop/b', 1)
  })
  const there = async (): Promise<number[]> =>
    await Promise.all(['a', 'b'].map(async (key) => (await service.ask(`/v1/shop/${key}`)).status))

  test.each<[body: object, left: number[]]>([
    [{ tags: ['t'] }, [404, 200]],
    [{ keys: ['b'] }, [200, 404]],
    [{ keys: ['b'], tags: ['t'] }, [404, 404]],
    [{ all: true }, [404, 404]],
    [{ tags: [] }, [200, 200]],
    [{ tags: ['t'], soft: true }, [404, 200]],
  ])('%j', async (body, left) => {
    expect(await asked('/v1/shop/_purge', body)).toEqual({ result: 'applied' })
    expect(await there()).toEqual(left)
  })

  test('softly leaves what may be served stale', async () => {
    const headers = { 'cache-control': 'max-age=60, stale-while-revalidate=60' }
    await service.put('/v1/shop/c', 1, headers)
    await asked('/v1/shop/_purge', { keys: ['c'], soft: true })
    expect((await service.ask('/v1/shop/c')).status).toBe(404)
    const lease = await service.ask('/v1/shop/c?lease&wait=0')
    expect(lease.headers.has('strata-lease')).toBe(true)
    expect((await service.ask('/v1/shop/c?lease&wait=0')).status).toBe(200)
  })

  test('of responses names URLs and routes', async () => {
    const http = service.cache.namespace('http')
    await http.set('a', 1, { tags: ['url:http://example.com/posts/1'] })
    await http.set('b', 1, { tags: ['route:/posts/:id'] })
    await asked('/v1/http/_purge', { urls: ['http://EXAMPLE.com:80/posts/%31?page=2'] })
    expect([await http.has('a'), await http.has('b')]).toEqual([false, true])
    await asked('/v1/http/_purge', { routes: ['/posts/:id'] })
    expect(await http.has('b')).toBe(false)
    for (const url of ['/posts/1', 'ftp://a/b', 'x']) {
      expect((await service.post('/v1/http/_purge', { urls: [url] })).status).toBe(400)
    }
    expect((await service.post('/v1/shop/_purge', { urls: [] })).status).toBe(400)
  })

  test.each([
    {},
    { all: true, soft: true },
    { all: 1 },
    { tags: 't' },
    { keys: [1] },
    { key: 'a' },
  ])('%j is no wish', async (body) => {
    expect((await service.post('/v1/shop/_purge', body)).status).toBe(400)
    expect(await there()).toEqual([200, 200])
  })
})

describe('a batch', () => {
  test.each<[path: string, body: unknown]>([
    ['_get', { keys: ['a'], more: 1 }],
    ['_get', []],
    ['_get', null],
    ['_get', { keys: 'a' }],
    ['_get', { keys: ['_a'] }],
    ['_get', { keys: [''] }],
    ['_get', { keys: ['x'.repeat(2_000)] }],
    ['_get', { keys: Array.from({ length: 501 }, () => 'a') }],
    ['_set', { entries: Array.from({ length: 501 }, () => ({ key: 'a', value: 1 })) }],
    ['_set', { entries: {} }],
  ])('%s of %j is refused', async (path, body) => {
    expect((await service.post(`/v1/shop/${path}`, body)).status).toBe(400)
  })

  test.each([undefined, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonx'])(
    'of type %s is refused: a page of another site could send it',
    async (type) => {
      const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
      const body = new TextEncoder().encode('{"all":true}')
      const answer = await service.ask('/v1/shop/_purge', { method: 'POST', body, headers })
      expect(answer.status).toBe(415)
    },
  )
})

describeRedis('a batch, with Redis', () => {
  let redis: RedisServer
  afterEach(() => redis.close())

  test('of 500 shares its round trips', async () => {
    redis = await startRedis()
    await service.close()
    service = await DataService.open({
      redis: { url: redis.url, timeout: '10s', connectTimeout: '20s' },
      memory: false,
    })
    await service.cache.ready()
    const entries = Array.from({ length: 500 }, (_, i) => ({ key: `k${i}`, value: i }))
    expect(await asked('/v1/shop/_set', { entries })).toMatchObject({ stored: 500, queued: false })
    await redis.cli('config', 'resetstat')
    const keys = entries.map(({ key }) => key)
    const got = (await asked('/v1/shop/_get', { keys })) as { entries: { value: number }[] }
    expect(got.entries.map(({ value }) => value)).toEqual(entries.map(({ value }) => value))
    const stats = await redis.cli('info', 'stats')
    const reads = Number(/total_reads_processed:(\d+)/.exec(stats)?.[1])
    // round trips as Redis sees them, with heartbeats and our own questions
    expect(reads).toBeLessThan(100)
  })
})
