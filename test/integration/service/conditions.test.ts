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

const REDIS = { timeout: '10s', connectTimeout: '20s' } as const

function suite(openOne: () => Promise<DataService>): void {
  test('If-None-Match: * stores what is not there yet', async () => {
    const service = await openOne()
    const headers = { 'if-none-match': '*' }
    expect((await service.put('/v1/shop/a', 1, headers)).status).toBe(204)
    const second = await service.put('/v1/shop/a', 2, headers)
    expect(second.status).toBe(412)
    expect(await second.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/precondition-failed',
    })
    expect(await (await service.ask('/v1/shop/a')).json()).toBe(1)
  })

  test('If-Match: * replaces what is there', async () => {
    const service = await openOne()
    const headers = { 'if-match': '*' }
    expect((await service.put('/v1/shop/a', 1, headers)).status).toBe(412)
    await service.put('/v1/shop/a', 1)
    expect((await service.put('/v1/shop/a', 2, headers)).status).toBe(204)
  })

  test('If-Match replaces the value that was read, in whatever form, and no other', async () => {
    const service = await openOne()
    const first = (await service.put('/v1/shop/a', 1)).headers.get('etag') ?? ''
    const accept = 'application/vnd.msgpack'
    const packed = await service.ask('/v1/shop/a', { headers: { accept } })
    const second = await service.put('/v1/shop/a', 2, {
      'if-match': packed.headers.get('etag') ?? '',
    })
    expect(second.status).toBe(204)
    for (const match of [first, '"other"', `W/${second.headers.get('etag')}`, 'broken', '']) {
      expect((await service.put('/v1/shop/a', 3, { 'if-match': match })).status).toBe(412)
    }
    const list = `"other", ${second.headers.get('etag')}`
    expect((await service.put('/v1/shop/a', 3, { 'if-match': list })).status).toBe(204)
    expect(await (await service.ask('/v1/shop/a')).json()).toBe(3)
  })

  test('If-Match deletes the value that was read, and no other', async () => {
    const service = await openOne()
    const etag = (await service.put('/v1/shop/a', 1)).headers.get('etag') ?? ''
    const remove = (match: string): Promise<Response> =>
      service.ask('/v1/shop/a', { method: 'DELETE', headers: { 'if-match': match } })
    expect((await remove('"other"')).status).toBe(412)
    expect((await service.ask('/v1/shop/a')).status).toBe(200)
    expect((await remove(etag)).status).toBe(204)
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
    expect((await remove(etag)).status).toBe(412)
  })

  test.each([
    { 'if-none-match': '"a"' },
    { 'if-none-match': '*', 'if-match': '*' },
    { 'if-match': '*', 'strata-lease': 'token' },
  ] as Record<string, string>[])('%j is no condition of a write', async (headers) => {
    const service = await openOne()
    expect((await service.put('/v1/shop/a', 1, headers)).status).toBe(400)
  })
}

describe('a condition, in memory', () => suite(() => opened()))

/** Adds one, as often as it takes. */
async function increment(service: DataService): Promise<void> {
  for (;;) {
    const got = await service.ask('/v1/shop/counter')
    const n = (await got.json()) as number
    const headers = { 'if-match': got.headers.get('etag') ?? '' }
    const { status } = await service.put('/v1/shop/counter', n + 1, headers)
    if (status === 204) return
    expect(status).toBe(412)
  }
}

test('many writers lose no update in one process', async () => {
  const service = await opened()
  await service.put('/v1/shop/counter', 0)
  await Promise.all(Array.from({ length: 16 }, () => increment(service)))
  expect(await (await service.ask('/v1/shop/counter')).json()).toBe(16)
})

describeRedis('a condition, with Redis', () => {
  let redis: RedisServer | undefined
  const openOne = async (): Promise<DataService> => {
    redis ??= await startRedis()
    const service = await opened({ redis: { url: redis.url, ...REDIS } })
    await service.cache.ready()
    return service
  }
  afterEach(async () => {
    await redis?.close()
    redis = undefined
  })

  suite(openOne)

  test('many writers of two processes lose no update', async () => {
    const services = [await openOne(), await openOne()]
    await services[0]?.put('/v1/shop/counter', 0)
    const writers = Array.from({ length: 16 }, (_, i) => services[i % 2] as DataService)
    await Promise.all(
      writers.map(async (service) => {
        for (let i = 0; i < 3; i++) await increment(service)
      }),
    )
    const value = await services[0]?.cache.namespace('shop').get('counter')
    expect(value).toBe(48)
  })

  test('a condition needs Redis, a plain write does not', async () => {
    const service = await openOne()
    await redis?.close()
    const plain = await service.put('/v1/shop/a', 1)
    expect([plain.status, plain.headers.get('strata-write')]).toEqual([204, 'queued'])
    const condition = await service.put('/v1/shop/a', 1, { 'if-none-match': '*' })
    expect([condition.status, condition.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await condition.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/unavailable',
    })
    const lease = await service.ask('/v1/shop/b?lease')
    expect(lease.status).toBe(503)
    expect(service.faults).toEqual([])
  })
})
