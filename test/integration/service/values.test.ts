import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { unpackFromOthers, packForOthers } from '../../../src/entry/interchange.js'
import { DataService } from '../../support/data-service.js'

let service: DataService
beforeEach(async () => {
  service = await DataService.open()
})
afterEach(() => service.close())

const MSGPACK = 'application/vnd.msgpack'

describe('a value', () => {
  test('is put, and got as it was put', async () => {
    const value = { a: [1, 2.5, null, true, 'ü'], b: { c: {} } }
    const put = await service.put('/v1/shop/a', value)
    expect(put.status).toBe(204)
    const etag = put.headers.get('etag')
    expect(etag).toMatch(/^"[\w-]{12}"$/)
    const got = await service.ask('/v1/shop/a')
    expect(got.status).toBe(200)
    expect(await got.json()).toEqual(value)
    expect(Object.fromEntries(got.headers)).toMatchObject({
      'content-type': 'application/json',
      etag,
      age: '0',
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
    })
    expect(got.headers.get('cache-status')).toMatch(/^strata; hit; ttl=(300|299)$/)
    expect(got.headers.has('cache-tag')).toBe(false)
  })

  test('of JSON is what the library sees, and the other way round', async () => {
    await service.put('/v1/shop/a/b', { name: 'pen' })
    const shop = service.cache.namespace('shop')
    expect(await shop.get('a/b')).toEqual({ name: 'pen' })
    await shop.set('c', [1, 2])
    expect(await (await service.ask('/v1/shop/c')).json()).toEqual([1, 2])
    await service.put('/v1/shop.eu/a', 1)
    expect(await shop.namespace('eu').get('a')).toBe(1)
  })

  test.each([
    ['text/html; charset=utf-8', '<script>alert(1)</script>'],
    ['image/png', '\u0089PNG'],
    ['application/problem+json', '{"a":1}'],
    ['application/vnd.api+json', '{"a":1}'],
  ])('of type %s is bytes', async (type, text) => {
    const bytes = Buffer.from(text, 'latin1')
    await service.put('/v1/shop/a', bytes, { 'content-type': type })
    const got = await service.ask('/v1/shop/a', { headers: { accept: 'image/webp' } })
    expect(got.headers.get('content-type')).toBe(type)
    expect(Buffer.from(await got.arrayBuffer())).toEqual(bytes)
  })

  test('without a type is bytes of no type', async () => {
    const url = `http://127.0.0.1:${service.port()}/v1/shop/a`
    await fetch(url, { method: 'PUT', body: new Uint8Array([1, 2]) })
    const got = await service.ask('/v1/shop/a')
    expect(got.headers.get('content-type')).toBe('application/octet-stream')
  })

  test('may be empty, and as large as is allowed', async () => {
    await service.put('/v1/shop/empty', '', { 'content-type': 'text/plain' })
    expect(await (await service.ask('/v1/shop/empty')).text()).toBe('')
    const large = Buffer.alloc(4 * 2 ** 20, 7)
    const digest = createHash('sha256').update(large).digest('hex')
    const headers = { 'content-type': 'application/x-large' }
    expect((await service.put('/v1/shop/large', large, headers)).status).toBe(204)
    for (let i = 0; i < 2; i++) {
      const got = Buffer.from(await (await service.ask('/v1/shop/large')).arrayBuffer())
      expect(createHash('sha256').update(got).digest('hex')).toBe(digest)
    }
    const larger = Buffer.alloc(4 * 2 ** 20 + 1)
    expect((await service.put('/v1/shop/large', larger, headers)).status).toBe(413)
  })

  test('that JSON has no word for is msgpack for those who take it, and 406 for others', async () => {
    const at = new Date(1_700_000_000_000)
    await service.cache.namespace('shop').set('a', { at, tags: new Set(['x']) })
    const refused = await service.ask('/v1/shop/a')
    expect(refused.status).toBe(406)
    expect(await refused.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/not-acceptable',
      status: 406,
    })
    const got = await service.ask('/v1/shop/a', { headers: { accept: `${MSGPACK}, */*;q=0.1` } })
    expect(got.headers.get('content-type')).toBe(MSGPACK)
    // the set is an extension of msgpackr's, the date is of the format's own
    const bytes = Buffer.from(await got.arrayBuffer())
    expect(bytes.equals(packForOthers({ at, tags: new Set(['x']) }))).toBe(true)
  })

  test.each([
    [undefined, 200, 'application/json'],
    ['*/*', 200, 'application/json'],
    ['application/*', 200, 'application/json'],
    [`application/json, ${MSGPACK}`, 200, 'application/json'],
    [`application/json;q=0.5, ${MSGPACK}`, 200, MSGPACK],
    [MSGPACK, 200, MSGPACK],
    ['text/html, application/xhtml+xml, */*;q=0.8', 200, 'application/json'],
    ['text/html', 406, 'application/problem+json'],
    ['application/json;q=0', 406, 'application/problem+json'],
  ])('of plain data, for Accept: %s', async (accept, status, type) => {
    await service.put('/v1/shop/a', { n: 1 })
    for (let i = 0; i < 2; i++) {
      const headers: Record<string, string> = accept === undefined ? {} : { accept }
      const got = await service.ask('/v1/shop/a', { headers })
      expect([got.status, got.headers.get('content-type')]).toEqual([status, type])
      expect(got.headers.get('vary') ?? 'accept').toContain('accept')
      if (type === MSGPACK) {
        expect(unpackFromOthers(new Uint8Array(await got.arrayBuffer()))).toEqual({ n: 1 })
      }
      await service.settled()
    }
  })

  test('has an entity tag of its own in each form', async () => {
    const put = await service.put('/v1/shop/a', { n: 1 })
    const json = (await service.ask('/v1/shop/a')).headers.get('etag')
    const packed =
      (await service.ask('/v1/shop/a', { headers: { accept: MSGPACK } })).headers.get('etag') ?? ''
    expect(json).toBe(put.headers.get('etag'))
    expect(packed).not.toBe(json)
  })

  test('of msgpack is stored as a value', async () => {
    const body = packForOthers({ n: 1, at: new Date(5_000) })
    expect((await service.put('/v1/shop/a', body, { 'content-type': MSGPACK })).status).toBe(204)
    expect(await service.cache.namespace('shop').get('a')).toEqual({ n: 1, at: new Date(5_000) })
  })

  test('named __proto__ harms nobody, and comes back', async () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}'
    expect((await service.put('/v1/shop/a', text)).status).toBe(204)
    expect(await (await service.ask('/v1/shop/a')).text()).toBe(text)
    expect(({} as { polluted?: unknown }).polluted).toBe(undefined)
  })

  test('of several members of one name has the last', async () => {
    await service.put('/v1/shop/a', '{"n":1,"n":2}')
    expect(await (await service.ask('/v1/shop/a')).text()).toBe('{"n":2}')
  })
})

describe('what cannot be a value', () => {
  test.each<
    [name: string, body: string | Uint8Array, type: string, status: number, problem: string]
  >([
    ['no JSON', '{"a":', 'application/json', 400, 'bad-json'],
    ['nothing', '', 'application/json', 400, 'bad-json'],
    ['a number that is none', 'NaN', 'application/json', 400, 'bad-json'],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 'application/json', 400, 'bad-json'],
    ['another charset', '1', 'application/json; charset=latin1', 415, 'unsupported-media-type'],
    ['a type that is none', '1', 'json', 415, 'unsupported-media-type'],
    [
      'arrays without end',
      '['.repeat(100_000) + ']'.repeat(100_000),
      'application/json',
      422,
      'not-stored',
    ],
    [
      'objects without end',
      '{"a":'.repeat(5_000) + '1' + '}'.repeat(5_000),
      'application/json',
      422,
      'not-stored',
    ],
    ['no msgpack', new Uint8Array([0xdd, 0xff, 0xff, 0xff, 0xff]), MSGPACK, 400, 'bad-request'],
  ])('%s', async (_, body, type, status, problem) => {
    const answer = await service.put('/v1/shop/a', body, { 'content-type': type })
    expect(answer.status).toBe(status)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(await answer.json()).toMatchObject({
      type: `https://strata-cache.dev/problems/${problem}`,
      status,
      instance: answer.headers.get('request-id'),
    })
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
    expect(service.faults).toEqual([])
  })

  test('a body in a coding, or a part of one', async () => {
    const coded = await service.put('/v1/shop/a', '1', { 'content-encoding': 'gzip' })
    expect(coded.status).toBe(415)
    const part = await service.put('/v1/shop/a', '1', { 'content-range': 'bytes 0-0/2' })
    expect(part.status).toBe(400)
  })
})

describe('what is not there', () => {
  test('is 404, and nobody keeps that', async () => {
    for (let i = 0; i < 2; i++) {
      const got = await service.ask('/v1/shop/a')
      expect(got.status).toBe(404)
      expect(got.headers.get('cache-status')).toBe('strata; fwd=miss')
      expect(got.headers.get('cache-control')).toBe('no-store')
      expect(await got.json()).toMatchObject({ title: 'Nothing is there', status: 404 })
    }
    await service.put('/v1/shop/a', 1)
    expect((await service.ask('/v1/shop/a')).status).toBe(200)
  })

  test('is what is stale', async () => {
    await service.put('/v1/shop/a', 1, { 'cache-control': 'max-age=0, stale-while-revalidate=60' })
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
  })

  test('has a head without a body', async () => {
    const got = await service.ask('/v1/shop/a', { method: 'HEAD' })
    expect([got.status, await got.text()]).toEqual([404, ''])
  })

  test('is deleted all the same', async () => {
    expect((await service.ask('/v1/shop/a', { method: 'DELETE' })).status).toBe(204)
  })
})

describe('a lifetime', () => {
  test.each([
    ['max-age=60', 60, 60],
    ['max-age=60, stale-while-revalidate=10', 60, 70],
    ['max-age=60, stale-while-revalidate=10, stale-if-error=30', 60, 90],
    ['stale-if-error=30', 300, 330],
    ['max-age=999999999', 31_536_000, 31_536_000],
    ['public, max-age="60"', 60, 60],
  ])('of "%s"', async (field, fresh, servable) => {
    await service.put('/v1/shop/a', 1, { 'cache-control': field })
    const {
      storedAt = 0,
      freshUntil = 0,
      staleUntil = 0,
    } = await service.cache.namespace('shop').read('a')
    // without a word about it, it is shortened a little at random
    expect((freshUntil - storedAt) / 1_000).toBeLessThanOrEqual(fresh + 0.1)
    expect((freshUntil - storedAt) / 1_000).toBeGreaterThan(fresh * 0.94)
    expect((staleUntil - freshUntil) / 1_000).toBeCloseTo(servable - fresh, 1)
  })

  test.each(['no-store', 'max-age=1m', 'max-age', 'max-age=-1', 'stale-if-error=x'])(
    '"%s" is none',
    async (field) => {
      await service.put('/v1/shop/a', 1)
      const answer = await service.put('/v1/shop/a', 2, { 'cache-control': field })
      expect(answer.status).toBe(400)
      expect(await (await service.ask('/v1/shop/a')).text()).toBe('1')
    },
  )

  test('of nothing deletes what is there', async () => {
    await service.put('/v1/shop/a', 1)
    const answer = await service.put('/v1/shop/a', 2, { 'cache-control': 'max-age=0' })
    expect([answer.status, answer.headers.get('etag')]).toEqual([204, null])
    expect((await service.ask('/v1/shop/a')).status).toBe(404)
  })
})

describe('tags', () => {
  test('are given in Cache-Tag, also in UTF-8', async () => {
    const umlaut = Buffer.from('größe').toString('latin1')
    await service.put('/v1/shop/a', 1, { 'cache-tag': `posts, ${umlaut},` })
    expect((await service.cache.namespace('shop').read('a')).tags).toEqual(['posts', 'größe'])
  })

  test('that are too many or too long are refused', async () => {
    const many = Array.from({ length: 33 }, (_, i) => `t${i}`).join()
    expect((await service.put('/v1/shop/a', 1, { 'cache-tag': many })).status).toBe(400)
    expect((await service.put('/v1/shop/a', 1, { 'cache-tag': 'x'.repeat(257) })).status).toBe(400)
  })
})

describe('a parameter of the query that is none', () => {
  const lease = 'allowed: lease, wait'
  test.each([
    ['GET', '/v1/shop/a?ttl=5s', `"ttl"; ${lease}`],
    ['GET', '/v1/shop/a?lease=5s&wiat=1s', `"wiat"; ${lease}; did you mean wait?`],
    ['PUT', '/v1/shop/a?ttl=5s', '"ttl"; allowed: none'],
    ['DELETE', '/v1/shop/a?leas=token', '"leas"; allowed: lease; did you mean lease?'],
    ['DELETE', '/v1/shop/a?wait=1s', '"wait"; allowed: lease'],
    ['POST', '/v1/shop/_get?keys=a', '"keys"; allowed: none'],
    ['POST', '/v1/shop/_set?ttl=5s', '"ttl"; allowed: none'],
    ['POST', '/v1/shop/_purge?soft', '"soft"; allowed: none'],
  ])('is refused, and nothing is done: %s %s', async (method, path, said) => {
    await service.put('/v1/shop/a', 1)
    const body = method === 'PUT' || method === 'POST' ? '{"all":true}' : null
    const headers = { 'content-type': 'application/json' }
    const refused = await service.ask(path, { method, body, headers })
    expect(refused.status).toBe(400)
    expect(refused.headers.get('content-type')).toBe('application/problem+json')
    expect(await refused.json()).toMatchObject({
      type: 'https://strata-cache.dev/problems/bad-request',
      detail: `no parameter of the query has the name ${said}`,
    })
    expect(await (await service.ask('/v1/shop/a')).json()).toBe(1)
  })

  test.each(['', '?', '?&', '?lease=5s&wait=0', '?l%65ase=5s'])(
    'is none of those of "%s"',
    async (query) => {
      await service.put('/v1/shop/a', 1)
      expect((await service.ask(`/v1/shop/a${query}`)).status).toBe(200)
    },
  )
})
