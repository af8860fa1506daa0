import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { assembleCache } from '../../../src/create-cache.js'
import type { Cache } from '../../../src/index.js'
import type { Visit } from '../../../src/http/exchange.js'
import type { HttpRequest, HttpResponse } from '../../../src/http/message.js'
import { valueOf } from '../../../src/http/fields.js'
import { openBoth } from '../cache/harness.js'
import { ManualClock } from '../../support/manual-clock.js'
import { get, ok, seen, Site } from '../../support/origin.js'

const WALL = Date.UTC(2026, 0, 1, 12)
const at = (seconds: number): string => new Date(WALL + seconds * 1_000).toUTCString()

let clock: ManualClock
let cache: Cache
let site: Site

beforeEach(() => {
  clock = new ManualClock({ wall: WALL })
  cache = assembleCache({ logger: false }, { clock })
  site = new Site(cache)
})
afterEach(() => cache.close())

const settle = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve()
}

describe('by what the response says of itself', () => {
  test('is stored and served with its age until it is stale', async () => {
    site.answers(ok('one', { 'cache-control': 'max-age=60' }), ok('two'))
    const first = await site.ask(get('/a'))
    expect(first.body).toBe('one')
    expect(first.headers('cache-status')).toBe('strata; fwd=uri-miss; stored')
    clock.advance(59_000)
    const second = await site.ask(get('/a'))
    expect(second).toMatchObject({ status: 200, body: 'one' })
    expect(second.headers('age')).toBe('59')
    expect(second.headers('cache-status')).toBe('strata; hit; ttl=1')
    clock.advance(1_000)
    expect((await site.ask(get('/a'))).body).toBe('two')
    expect(site.asked).toHaveLength(2)
  })

  test('adds a validator, a date and a length, and keeps those that are there', async () => {
    site.answers(ok('x', { 'cache-control': 'max-age=60' }))
    const first = await site.ask(get('/a'))
    const second = await site.ask(get('/a'))
    for (const name of ['etag', 'date', 'content-length']) {
      expect(first.headers(name)).toBeDefined()
      expect(second.headers(name)).toBe(first.headers(name))
    }
    expect(second.headers('date')).toBe(at(0))
    site.answers(ok('x', { 'cache-control': 'max-age=60', etag: '"v1"' }))
    await site.ask(get('/b'))
    expect((await site.ask(get('/b'))).headers('etag')).toBe('"v1"')
  })

  test.each<[title: string, headers: Record<string, string>]>([
    ['nothing about freshness', {}],
    ['no-store', { 'cache-control': 'max-age=60, No-Store' }],
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['a cookie', { 'cache-control': 'max-age=60', 'set-cookie': 'a=1' }],
    ['Vary: *', { 'cache-control': 'max-age=60', vary: '*' }],
    ['an event stream', { 'cache-control': 'max-age=60', 'content-type': 'text/event-stream' }],
  ])('is not stored with %s', async (_, headers) => {
    site.answers(ok('one', headers), ok('two', headers))
    expect((await site.ask(get('/a'))).body).toBe('one')
    expect((await site.ask(get('/a'))).body).toBe('two')
  })

  test('is validated when it is stale, and freshened by a 304', async () => {
    site.answers(
      ok('one', { 'cache-control': 'max-age=10', etag: '"1"' }),
      ok('', { 'cache-control': 'max-age=20', etag: '"1"', 'x-new': 'yes' }, 304),
    )
    await site.ask(get('/a'))
    clock.advance(11_000)
    const second = await site.ask(get('/a'))
    expect(second).toMatchObject({ status: 200, body: 'one' })
    expect(second.headers('x-new')).toBe('yes')
    expect(site.asked[1]?.fields).toEqual(['if-none-match', '"1"'])
    clock.advance(19_000)
    expect((await site.ask(get('/a'))).headers('cache-status')).toBe('strata; hit; ttl=1')
    expect(site.asked).toHaveLength(2)
  })

  test('gives way to a new one that a validation brings', async () => {
    const headers = { 'cache-control': 'max-age=10', etag: '"1"' }
    site.answers(ok('one', headers), ok('two', { ...headers, etag: '"2"' }))
    await site.ask(get('/a'))
    clock.advance(11_000)
    expect((await site.ask(get('/a'))).body).toBe('two')
    expect((await site.ask(get('/a'))).body).toBe('two')
    expect(site.asked).toHaveLength(2)
  })

  test('is served stale while one request revalidates it', async () => {
    const headers = { 'cache-control': 'max-age=10, stale-while-revalidate=30' }
    site.answers(ok('one', headers), ok('two', headers))
    await site.ask(get('/a'))
    clock.advance(11_000)
    const during = await Promise.all([1, 2, 3].map(() => site.ask(get('/a'))))
    expect(during.map(({ body }) => body)).toEqual(['one', 'one', 'one'])
    expect(during[0]?.headers('cache-status')).toBe(
      'strata; hit; ttl=-1; detail=stale-while-revalidate',
    )
    await settle()
    expect((await site.ask(get('/a'))).body).toBe('two')
    expect(site.asked).toHaveLength(2)
  })

  test.each([500, 502, 503, 504])('is served stale when the origin answers %i', async (status) => {
    const headers = { 'cache-control': 'max-age=10, stale-if-error=30' }
    site.answers(ok('one', headers), ok('sorry', {}, status))
    await site.ask(get('/a'))
    clock.advance(11_000)
    expect(await site.ask(get('/a'))).toMatchObject({ status: 200, body: 'one' })
    clock.advance(30_000)
    expect(await site.ask(get('/a'))).toMatchObject({ status, body: 'sorry' })
  })

  test('is served stale when a remote origin cannot be reached, unless it must be revalidated', async () => {
    for (const [target, directive] of [
      ['/a', 'max-age=10'],
      ['/b', 'max-age=10, must-revalidate'],
    ]) {
      site.answer = () => ok('one', { 'cache-control': directive as string })
      await site.ask(get(target as string))
    }
    clock.advance(11_000)
    site.answer = () => Promise.reject(new Error('ECONNREFUSED'))
    expect(await site.ask(get('/a'), { isRemote: true })).toMatchObject({
      status: 200,
      body: 'one',
    })
    await expect(site.ask(get('/b'), { isRemote: true })).rejects.toMatchObject({
      status: 504,
      cause: { message: 'ECONNREFUSED' },
    })
    const head = { ...get('/a'), method: 'HEAD' }
    const seen = await site.ask(head, { isRemote: true })
    expect([seen.status, seen.body, seen.headers('content-length')]).toEqual([200, '', '3'])
    await expect(site.ask(head)).rejects.toThrow('ECONNREFUSED')
    await expect(
      site.ask({ ...get('/b'), method: 'HEAD' }, { isRemote: true }),
    ).rejects.toMatchObject({ status: 504 })
    await expect(site.ask(get('/a'))).rejects.toThrow('ECONNREFUSED')
  })

  test('goes on with its trailers, which are neither stored nor header fields', async () => {
    async function* body() {
      yield Buffer.from('one')
    }
    for (const control of ['max-age=60', 'no-store']) {
      const response = { ...ok('', { 'cache-control': control }), body: body() }
      const trailers = () => ['x-sum', '1']
      const visit = { request: get(`/${control}`), rule: site.rule, c: undefined }
      const origin = () => ({ ...response, trailers })
      const answer = await site.responses.answer({ ...visit, origin })
      expect((await seen(answer)).headers('x-sum')).toBe(undefined)
      expect(answer.trailers?.()).toEqual(['x-sum', '1'])
    }
    const stored = await site.responses.answer({
      request: get('/max-age=60'),
      rule: site.rule,
      c: undefined,
      origin: () => Promise.reject(new Error('asked')),
    })
    expect([stored.trailers, (await seen(stored)).headers('x-sum')]).toEqual([undefined, undefined])
  })

  test('is asked for anew when the client says so', async () => {
    const headers = { 'cache-control': 'max-age=60' }
    site.answers(ok('one', headers), ok('two', headers), ok('three', headers))
    await site.ask(get('/a'))
    expect((await site.ask(get('/a', { 'cache-control': 'no-cache' }))).body).toBe('two')
    expect((await site.ask(get('/a', { pragma: 'no-cache' }))).body).toBe('three')
    expect((await site.ask(get('/a'))).body).toBe('three')
  })

  test('is not asked for with only-if-cached', async () => {
    const only = { 'cache-control': 'only-if-cached' }
    const refused = await site.ask(get('/a', only))
    expect(refused.status).toBe(504)
    expect(refused.headers('cache-status')).toBeUndefined()
    site.answers(ok('one', { 'cache-control': 'max-age=60' }))
    await site.ask(get('/a'))
    expect((await site.ask(get('/a', only))).body).toBe('one')
    expect(site.asked).toHaveLength(1)
  })

  test('counts on from the age it came with', async () => {
    site.answers(ok('one', { 'cache-control': 'max-age=60', age: '20' }))
    expect((await site.ask(get('/a'))).lines('age')).toEqual(['20'])
    clock.advance(5_000)
    expect((await site.ask(get('/a'))).lines('age')).toEqual(['25'])
  })

  test('passes on what it says of itself', async () => {
    const headers = { 'cache-control': 'Max-Age=60, x="y, z"', 'cdn-cache-control': 'max-age=9' }
    site.answers(ok('one', headers))
    for (const answer of [await site.ask(get('/a')), await site.ask(get('/a'))]) {
      for (const [name, value] of Object.entries(headers)) expect(answer.headers(name)).toBe(value)
    }
  })

  test('says why the origin was asked', async () => {
    const headers = { 'cache-control': 'max-age=10', vary: 'x', 'cache-status': 'Inner; hit' }
    site.answer = () => ok('one', headers)
    const said = async (request: Record<string, string>) =>
      (await site.ask(get('/a', request))).headers('cache-status')
    expect(await said({})).toBe('Inner; hit, strata; fwd=uri-miss; stored')
    expect(await said({ x: '1' })).toBe('Inner; hit, strata; fwd=vary-miss; stored')
    expect(await said({ 'cache-control': 'no-cache' })).toBe(
      'Inner; hit, strata; fwd=request; fwd-status=200; stored',
    )
    clock.advance(11_000)
    expect(await said({})).toBe('Inner; hit, strata; fwd=stale; fwd-status=200; stored')
    expect(await said({})).toBe('strata; hit; ttl=10')
  })

  test('is invalidated by its group, after an unsafe request only', async () => {
    site.answer = () => ok('page', { 'cache-control': 'max-age=60', 'cache-groups': '"g", "h"' })
    await site.ask(get('/a'))
    site.answer = () => ok('', { 'cache-group-invalidation': '"h"' })
    await site.ask(get('/other'))
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
    await site.ask({ ...get('/other'), method: 'POST' })
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('uri-miss')
  })

  test('is not stored with more tags than it can be given', async () => {
    const tags = Array.from({ length: 33 }, (_, i) => `t${i}`)
    for (const cacheTag of [tags.join(), 'x'.repeat(257)]) {
      site.answers(ok('one', { 'cache-control': 'max-age=60', 'cache-tag': cacheTag }))
      const { headers } = await site.ask(get('/a'))
      expect(headers('cache-status')).toContain('detail=tags')
    }
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('answers conditions, ranges and HEAD from the whole', async () => {
    site.answers(ok('0123456789', { 'cache-control': 'max-age=60', etag: '"e"' }))
    await site.ask(get('/a'))
    const notModified = await site.ask(get('/a', { 'if-none-match': 'W/"e"' }))
    expect(notModified).toMatchObject({ status: 304, body: '' })
    expect(notModified.headers('etag')).toBe('"e"')
    expect(await site.ask(get('/a', { 'if-match': '"f"' }))).toMatchObject({ status: 412 })
    const part = await site.ask(get('/a', { range: 'bytes=2-4' }))
    expect(part).toMatchObject({ status: 206, body: '234' })
    expect(part.headers('content-range')).toBe('bytes 2-4/10')
    expect(part.headers('content-length')).toBe('3')
    expect((await site.ask(get('/a', { range: 'bytes=90-' }))).status).toBe(416)
    const head = await site.ask({ ...get('/a'), method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers('content-length')).toBe('10')
    expect(site.asked).toHaveLength(1)
  })

  test('leaves to a remote origin what only it may judge', async () => {
    site.answers(ok('one', { 'cache-control': 'max-age=60', etag: '"e"' }), ok('', {}, 412))
    await site.ask(get('/a'))
    const request = get('/a', { 'if-match': '"f"' })
    expect((await site.ask(request, { isRemote: true })).status).toBe(412)
    expect(site.asked[1]).toEqual(request)
  })

  test('asks for the whole whatever the client has', async () => {
    site.answers(ok('0123456789', { 'cache-control': 'max-age=60', etag: '"e"' }))
    const request = get('/a', { range: 'bytes=0-1', 'if-none-match': '"old"' })
    expect(await site.ask(request)).toMatchObject({ status: 206, body: '01' })
    expect(site.asked[0]?.fields).toEqual([])
  })

  test('gives each variant to those that select it', async () => {
    site.answer = ({ fields }) =>
      ok(`in ${fields[1] ?? 'none'}`, { 'cache-control': 'max-age=60', vary: 'Accept-Language' })
    for (let round = 0; round < 2; round++) {
      for (const language of ['en', 'de', 'fr']) {
        const answer = await site.ask(get('/a', { 'accept-language': language }))
        expect(answer.body).toBe(`in ${language}`)
      }
      expect((await site.ask(get('/a'))).body).toBe('in none')
    }
    expect(site.asked).toHaveLength(4)
  })

  test('keeps no more than 16 variants of a URL', async () => {
    site.answer = ({ fields }) =>
      ok(String(fields[1]), { 'cache-control': 'max-age=60', vary: 'x' })
    for (let i = 0; i < 40; i++) {
      expect((await site.ask(get('/a', { x: String(i) }))).body).toBe(String(i))
    }
    expect(cache.stats().memory.entries).toBe(16)
    expect((await site.ask(get('/a', { x: '39' }))).headers('cache-status')).toContain('variants')
  })

  test('is invalidated with all its variants by what changes it', async () => {
    site.answer = () => ok('page', { 'cache-control': 'max-age=60' })
    await site.ask(get('/a?x=1'))
    await site.ask(get('/b'))
    site.answer = () => ok('', { location: '/b' }, 201)
    await site.ask({ ...get('/a'), method: 'POST' })
    site.answer = () => ok('new', { 'cache-control': 'max-age=60' })
    expect((await site.ask(get('/a?x=1'))).body).toBe('new')
    expect((await site.ask(get('/b'))).body).toBe('new')
    site.answer = () => ok('', {}, 500)
    await site.ask({ ...get('/a'), method: 'POST' })
    expect((await site.ask(get('/a?x=1'))).headers('cache-status')).toContain('hit')
  })

  test.each([
    ['a tag', { 'cache-tag': 'a, b' }, 'b'],
    ['a surrogate key', { 'surrogate-key': 'x y' }, 'x'],
    ['its URL', {}, 'url:http://example.com/a'],
    ['its route', {}, 'route:/page'],
  ])('is purged by %s', async (_, headers, tag) => {
    site.answers(ok('one', { 'cache-control': 'max-age=60', ...headers }), ok('two'))
    await site.ask(get('/a?q=1'))
    expect(await cache.invalidateTags(tag)).toBe('applied')
    expect((await site.ask(get('/a?q=1'))).body).toBe('two')
  })
})

describe('one load', () => {
  test('serves all who wait for it', async () => {
    let release!: (response: HttpResponse) => void
    site.answer = () => new Promise((resolve) => (release = resolve))
    const all = Array.from({ length: 50 }, () => site.ask(get('/a')))
    await settle()
    release(ok('page', { 'cache-control': 'max-age=60' }))
    const answers = await Promise.all(all)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['page']))
    expect(site.asked).toHaveLength(1)
    const said = answers.map(
      ({ headers }) => headers('cache-status')?.includes('collapsed') === true,
    )
    expect(said.filter(Boolean)).toHaveLength(49)
  })

  test('of a response that is not for others leaves each to ask, at the same time', async () => {
    let running = 0
    let most = 0
    site.answer = async ({ fields }) => {
      most = Math.max(most, ++running)
      await new Promise((resolve) => setTimeout(resolve, 20))
      running--
      return ok(`of ${fields[1]}`, { 'cache-control': 'private' })
    }
    const ask = () =>
      Promise.all(
        Array.from({ length: 50 }, async (_, i) => {
          const { body } = await site.ask(get('/a', { cookie: String(i) }))
          expect(body).toBe(`of ${i}`)
        }),
      )
    await ask()
    expect(most).toBe(49)
    most = 0
    await ask()
    expect(most).toBe(50)
    expect(site.asked).toHaveLength(100)
  })

  test('that an invalidation overtakes is not stored', async () => {
    let release!: (response: HttpResponse) => void
    site.answer = () => new Promise((resolve) => (release = resolve))
    const old = site.ask(get('/a'))
    await settle()
    await cache.invalidateTags('url:http://example.com/a')
    release(ok('old', { 'cache-control': 'max-age=60' }))
    expect((await old).body).toBe('old')
    site.answers(ok('new', { 'cache-control': 'max-age=60' }))
    expect((await site.ask(get('/a'))).body).toBe('new')
  })

  test('that fails fails for all', async () => {
    site.answer = async () => {
      await settle()
      throw new Error('no database')
    }
    const all = await Promise.allSettled([1, 2, 3].map(() => site.ask(get('/a'))))
    expect(all.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(site.asked).toHaveLength(1)
  })
})

describe('a body that comes in pieces', () => {
  const streamed = (pieces: AsyncIterable<Uint8Array>, headers = {}): HttpResponse => ({
    ...ok('', { 'cache-control': 'max-age=60', ...headers }),
    body: pieces,
  })

  test('reaches the client while it is stored', async () => {
    const gates: (() => void)[] = []
    async function* pieces(): AsyncGenerator<Uint8Array> {
      for (const piece of ['a', 'b', 'c']) {
        yield Buffer.from(piece)
        await new Promise<void>((resolve) => gates.push(resolve))
      }
    }
    site.answer = () => streamed(pieces())
    const { responses, rule } = site
    const request = get('/a')
    const origin = () => streamed(pieces())
    const answer = await responses.answer({ request, rule, c: request, origin })
    const body = (answer.body as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    expect(Buffer.from((await body.next()).value as Uint8Array).toString()).toBe('a')
    for (const rest of ['b', 'c']) {
      gates.shift()?.()
      expect(Buffer.from((await body.next()).value as Uint8Array).toString()).toBe(rest)
    }
    gates.shift()?.()
    expect((await body.next()).done).toBe(true)
    await settle()
    const hit = await site.ask(get('/a'))
    expect(hit.body).toBe('abc')
    expect(hit.headers('cache-status')).toContain('hit')
  })

  test.each<
    [title: string, pieces: () => AsyncGenerator<Uint8Array>, headers: Record<string, string>]
  >([
    [
      'longer than may be stored',
      async function* () {
        for (let i = 0; i < 3; i++) yield Buffer.alloc(2 ** 20, 'x')
      },
      {},
    ],
    [
      'shorter than announced',
      async function* () {
        yield Buffer.from('abc')
      },
      { 'content-length': '4' },
    ],
  ])('goes through and is not stored when it is %s', async (_, pieces, headers) => {
    site.answer = () => streamed(pieces(), headers)
    const { body } = await site.ask(get('/a'))
    expect(body.length).toBeGreaterThan(2)
    await settle()
    await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })

  test('that breaks off breaks off for the client and is not stored', async () => {
    site.answer = () =>
      streamed(
        (async function* () {
          yield Buffer.from('abc')
          throw new Error('reset')
        })(),
      )
    await expect(site.ask(get('/a'))).rejects.toThrow('reset')
    site.answers(ok('whole', { 'cache-control': 'max-age=60' }))
    expect((await site.ask(get('/a'))).body).toBe('whole')
  })

  test('is stored although its first reader reads nothing', async () => {
    site.answer = () =>
      streamed(
        (async function* () {
          yield Buffer.from('abc')
        })(),
      )
    const request = get('/a')
    const origin = site.answer
    await site.responses.answer({ request, rule: site.rule, c: request, origin })
    await settle()
    expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
  })
})

describe('by a policy', () => {
  beforeEach(() => site.policy({ ttl: '10s', grace: '30s' }))

  test('is fresh for its ttl, then served while one request brings a new one', async () => {
    site.answers(ok('one'), ok('two'))
    await site.ask(get('/a'))
    clock.advance(9_000)
    expect((await site.ask(get('/a'))).body).toBe('one')
    clock.advance(2_000)
    expect((await site.ask(get('/a'))).body).toBe('one')
    await settle()
    expect((await site.ask(get('/a'))).body).toBe('two')
  })

  test('tells browsers to ask again, unless the handler says otherwise', async () => {
    const first = await site.ask(get('/a'))
    expect(first.headers('cache-control')).toBe('no-cache')
    expect((await site.ask(get('/a'))).headers('cache-control')).toBe('no-cache')
    site.answers(ok('x', { 'cache-control': 'max-age=5' }))
    await site.ask(get('/b'))
    expect((await site.ask(get('/b'))).headers('cache-control')).toBe('max-age=5')
  })

  test.each<[title: string, response: HttpResponse]>([
    ['no-store', ok('x', { 'cache-control': 'no-store' })],
    ['private', ok('x', { 'cache-control': 'Private="x"' })],
    ['no-cache', ok('x', { 'cache-control': 'no-cache' })],
    ['a cookie', ok('x', { 'set-cookie': 'a=1' })],
    ['a Vary that is not in the key', ok('x', { vary: 'Origin' })],
    ['Vary: *', ok('x', { vary: '*' })],
    ['a coding', ok('x', { 'content-encoding': 'gzip' })],
    ['another status', ok('x', {}, 404)],
    ['a partial answer', ok('x', { 'content-range': 'bytes 0-0/9' }, 206)],
  ])('is narrowed by the response: %s', async (_, response) => {
    site.answers(response)
    await site.ask(get('/a'))
    await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })

  test('is asked for in whole by a HEAD, and kept only if it is there', async () => {
    const head: HttpRequest = { ...get('/a'), method: 'HEAD' }
    const asked = vi.fn(({ method }: HttpRequest) => ok(method === 'GET' ? 'page' : ''))
    site.answer = asked
    const first = await site.ask(head)
    expect([first.status, first.body, first.headers('content-length')]).toEqual([200, '', '4'])
    expect(asked.mock.calls.map(([{ method }]) => method)).toEqual(['GET'])
    expect((await site.ask(get('/a'))).body).toBe('page')
    expect(site.asked).toHaveLength(1)
    async function* nothing(): AsyncGenerator<Uint8Array> {}
    for (const [i, body] of [undefined, new Uint8Array(0), nothing()].entries()) {
      site.answers({ status: 200, fields: [], body }, ok('page'))
      const refused = await site.ask({ ...get(`/b${i}`), method: 'HEAD' })
      if (i < 2) expect(refused.headers('cache-status')).toContain('detail=length')
      expect((await site.ask(get(`/b${i}`))).body).toBe('page')
    }
  })

  test('is not moved by what a client wishes', async () => {
    await site.ask(get('/a'))
    await site.ask(get('/a', { 'cache-control': 'no-cache', pragma: 'no-cache' }))
    expect(site.asked).toHaveLength(1)
  })

  test('serves stale when the handler fails, for its grace', async () => {
    site.policy({ ttl: '10s', grace: '30s' })
    await site.ask(get('/a'))
    clock.advance(11_000)
    site.answer = () => Promise.reject(new Error('no database'))
    expect((await site.ask(get('/a'))).body).toBe('page')
    await settle()
    clock.advance(30_000)
    await expect(site.ask(get('/a'))).rejects.toThrow('no database')
  })

  test('tells apart what its key names, and nothing else', async () => {
    site.policy({
      key: {
        query: ['page'],
        headers: { 'accept-language': ['en', 'de'], 'x-tenant': true },
        cookies: ['theme'],
      },
    })
    const same = [
      get('/a?page=1&utm=x', { 'accept-language': 'en-GB, de;q=0.5', cookie: 'id=1; theme=dark' }),
      get('/a?utm=y&page=1', {
        'accept-language': 'fr, en;q=0.3',
        cookie: 'theme=dark; id=2',
        'user-agent': 'x',
      }),
    ]
    for (const request of same) await site.ask(request)
    expect(site.asked).toHaveLength(1)
    const [first] = same
    for (const request of [
      get('/a?page=2', { 'accept-language': 'en', cookie: 'theme=dark' }),
      get('/a?page=1', { 'accept-language': 'de', cookie: 'theme=dark' }),
      get('/a?page=1', { 'accept-language': 'en' }),
      get('/a?page=1', { 'accept-language': 'en', cookie: 'theme=dark', 'x-tenant': 'b' }),
      { ...(first as ReturnType<typeof get>), authority: 'other.example.com' },
    ]) {
      const before = site.asked.length
      const answer = await site.ask(request)
      expect(site.asked).toHaveLength(before + 1)
      expect(answer.headers('vary')).toBe('accept-language, cookie, x-tenant')
    }
  })

  test("passes by with Authorization, or is each user's own", async () => {
    const as = (user: string) => get('/a', { authorization: `Bearer ${user}` })
    await site.ask(as('ann'))
    await site.ask(as('ann'))
    expect(site.asked).toHaveLength(2)
    site.policy({
      authorization: 'key',
      key: { user: (c) => (c as ReturnType<typeof get>).fields[1]?.slice(7) },
    })
    site.answer = ({ fields }) => ok(`for ${fields[1]}`)
    for (const user of ['ann', 'bob', 'ann', 'bob']) {
      const answer = await site.ask(as(user))
      expect(answer.body).toBe(`for Bearer ${user}`)
      expect(answer.headers('cache-control')).toBe('private, no-cache')
    }
    expect(site.asked).toHaveLength(4)
  })

  test('is tagged, and its tags are outside no bound', async () => {
    site.policy({ tags: () => Array.from({ length: 32 }, (_, i) => `t${i}`) })
    await site.ask(get('/a'))
    await cache.invalidateTags('t31')
    await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })

  test('stores from the second request on, where it says so', async () => {
    site.policy({ store: { after: 2 } })
    for (let i = 0; i < 4; i++) await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })

  test('asks what is not to be stored', async () => {
    site.policy({ unless: (_, { status }) => status === 200 })
    await site.ask(get('/a'))
    await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })

  test('says what its handler says of this cache, while it is made', async () => {
    site.answers(ok('page', { 'cache-status': 'other; hit, strata; hit; ttl=9' }))
    expect((await site.ask(get('/a'))).headers('cache-status')).toBe(
      'other; hit, strata; hit; ttl=9',
    )
    expect((await site.ask(get('/a'))).headers('cache-status')).toBe('strata; hit; ttl=10')
  })

  test('is kept in memory alone where it says so', async () => {
    const both = openBoth({}, { clock })
    const there = new Site(both.cache)
    there.policy({ ttl: '1m', tiers: 'memory' })
    await there.ask(get('/a'))
    await there.ask(get('/a'))
    expect(there.asked).toHaveLength(1)
    expect(both.remote.calls).toMatchObject({ read: 0, write: 0, stampsOf: 0 })
  })

  test('gives a cookie to the one it is for, and stores the rest', async () => {
    site.policy({ setCookie: 'strip' })
    site.answers(ok('x', { 'set-cookie': 'session=1' }))
    expect((await site.ask(get('/a'))).headers('set-cookie')).toBe('session=1')
    const second = await site.ask(get('/a'))
    expect(second.headers('cache-status')).toContain('hit')
    expect(second.headers('set-cookie')).toBeUndefined()
  })

  test('is dropped by clear(), as everything of the namespace', async () => {
    await site.ask(get('/a'))
    await cache.clear()
    await site.ask(get('/a'))
    expect(site.asked).toHaveLength(2)
  })
})

test("what a handler says is its reader's alone is not stored", async () => {
  site.policy({})
  const first = await site.ask(get('/a'), { unshareable: () => 'unkeyed' })
  expect(first.headers('cache-status')).toContain('unkeyed')
  await site.ask(get('/a'))
  expect(site.asked).toHaveLength(2)
})

test('an answer from memory is no promise', async () => {
  site.policy({})
  await site.ask(get('/a'))
  const request = get('/a')
  const answer = site.responses.answer({
    request,
    rule: site.rule,
    c: request,
    origin: site.answer,
  })
  expect(answer).not.toBeInstanceOf(Promise)
  expect((await seen(answer)).body).toBe('page')
})

describe('what is fresh in memory', () => {
  const plain = (target: string): HttpRequest => ({ ...get(target), isPlain: true })

  test('is found by the request alone', async () => {
    site.policy({})
    expect(site.responses.hit(plain('/a'), site.rule)).toBe(undefined)
    await site.ask(get('/a'))
    const hit = site.responses.hit(plain('/a'), site.rule)
    expect((await seen(hit as HttpResponse)).body).toBe('page')
    for (const request of [
      { ...plain('/a'), method: 'POST' },
      get('/a', { authorization: 'x' }),
      plain('/b'),
    ]) {
      expect(site.responses.hit(request, site.rule)).toBe(undefined)
    }
  })

  test('is one answer for a second, and then another', async () => {
    site.policy({ ttl: '1500ms' })
    await site.ask(get('/a'))
    const ask = () => site.responses.hit(plain('/a'), site.rule)
    const first = ask()
    expect(ask()).toBe(first)
    const said = (answer = ask()) => [
      valueOf(answer?.fields ?? [], 'age'),
      valueOf(answer?.fields ?? [], 'cache-status'),
    ]
    expect(said()).toEqual(['0', 'strata; hit; ttl=1'])
    clock.advance(600)
    expect(said()).toEqual(['0', 'strata; hit; ttl=0'])
    clock.advance(500)
    expect(said()).toEqual(['1', 'strata; hit; ttl=0'])
    clock.advance(400)
    expect(ask()).toBe(undefined)
    expect(said(first)).toEqual(['0', 'strata; hit; ttl=1'])
  })

  test('is looked at as a whole where the request is not known to be plain', async () => {
    site.policy({})
    await site.ask(get('/a'))
    const ask = (headers: Record<string, string>) =>
      site.responses.hit(get('/a', headers), site.rule)?.status
    expect([ask({}), ask({ 'if-none-match': '*' }), ask({ range: 'bytes=0-1' })]).toEqual([
      200, 304, 206,
    ])
    expect(site.responses.hit({ ...plain('/a'), method: 'HEAD' }, site.rule)?.body).toBe(undefined)
  })
})

describe('conditions of a request whose response is not stored', () => {
  const said = { etag: '"1"', 'last-modified': at(-100), 'cache-control': 'no-store' }
  const known = { 'if-none-match': '"1"' }

  test.each<[title: string, headers: Record<string, string>, status: number]>([
    ['its tag', known, 304],
    ['its tag, weakly', { 'if-none-match': '"0", W/"1"' }, 304],
    ['another tag', { 'if-none-match': '"2"' }, 200],
    ['its date', { 'if-modified-since': at(-100) }, 304],
    ['an earlier date', { 'if-modified-since': at(-200) }, 200],
    ['another tag and its date', { 'if-none-match': '"2"', 'if-modified-since': at(0) }, 200],
    ['a tag that it is to have and has not', { 'if-match': '"2"' }, 412],
    ['a tag that it is to have', { 'if-match': '"1"' }, 200],
    ['a date it was to be unchanged since', { 'if-unmodified-since': at(-200) }, 412],
  ])('are answered by its own validators: %s', async (_, headers, status) => {
    for (const control of [{}, { authorization: 'x' }]) {
      site.policy({})
      site.answers(ok('page', { ...said, 'x-own': '1', 'content-type': 'text/plain' }))
      const answer = await site.ask(get('/a', { ...headers, ...control }))
      expect([answer.status, answer.body]).toEqual([status, status === 200 ? 'page' : ''])
      if (status !== 304) continue
      expect([answer.headers('etag'), answer.headers('x-own')]).toEqual(['"1"', '1'])
      expect(answer.headers('content-type')).toBe(undefined)
      expect(answer.headers('cache-status')).toContain('fwd-status=200')
    }
  })

  test.each<[title: string, response: HttpResponse, more: Partial<Visit>]>([
    ['without a validator', ok('page', { 'cache-control': 'no-store', date: at(0) }), {}],
    ['that is an error', ok('page', said, 404), {}],
    ['of another server', ok('page', said), { isRemote: true }],
  ])('are left alone where the response is one %s', async (_, response, more) => {
    site.answers(response)
    for (const headers of [known, { 'if-none-match': '*' }, { 'if-modified-since': at(9) }]) {
      expect((await site.ask(get('/a', headers), more)).body).toBe('page')
    }
  })

  test('let go of a body that comes', async () => {
    let isLeft = false
    async function* body(): AsyncGenerator<Uint8Array> {
      try {
        yield Buffer.from('page')
      } finally {
        isLeft = true
      }
    }
    const pieces = body()
    await pieces.next()
    site.answers({ ...ok('', said), body: pieces })
    expect((await site.ask(get('/a', known))).status).toBe(304)
    expect(isLeft).toBe(true)
  })
})
