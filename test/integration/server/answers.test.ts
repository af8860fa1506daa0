import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { HttpError } from '../../../src/errors.js'
import { createRoutes, createServer, type Server } from '../../../src/server/index.js'
import { askBy, picture, WAYS, type Ask } from '../../support/answered.js'

const TEXT = 'text/plain; charset=utf-8'
const HTML = 'text/html; charset=utf-8'
const BYTES = 'application/octet-stream'
const JSON_TYPE = 'application/json'
const PROBLEM = 'application/problem+json'

const said: object[] = []
const logger = { info: () => undefined, warn: (details: object) => void said.push(details) }

function addResults(app: Server): void {
  app.get('/text', (c) => c.text('é'))
  app.get('/html', (c) => c.html('<p>', 201))
  app.get('/json', (c) => c.json({ a: [1, null] }, 202, { 'x-a': '1' }))
  app.get('/bytes', (c) => c.bytes(Buffer.from([0, 255, 10])))
  app.get('/redirect', (c) => c.redirect('/é/?q=a b', 301))
  app.get('/stream', (c) => c.stream(pieces()))
  app.get('/returned/string', () => 'plain')
  app.get('/returned/async', async () => 'later')
  app.get('/returned/object', () => ({ a: 1 }))
  app.get('/returned/array', () => [1, 2])
  app.get('/returned/null', () => null)
  app.get('/returned/number', () => 5)
  app.get('/returned/nothing', () => undefined)
  app.get('/returned/buffer', () => Buffer.from('b'))
  app.get('/returned/array-buffer', () => new Uint8Array([98]).buffer)
  app.get('/returned/readable', () => Readable.from(['a', 'b']))
  app.get('/returned/web-stream', () => new Response('web').body)
  app.get('/returned/response', () => {
    const headers = new Headers({ 'x-b': '2' })
    headers.append('set-cookie', 'a=1')
    headers.append('set-cookie', 'b=2')
    return new Response('whole', { status: 203, headers })
  })
  app.get('/returned/empty-response', () => new Response(null, { status: 204 }))
  app.get('/status', (c) => {
    c.status(201)
    return { made: true }
  })
  app.get('/status/nothing', (c) => c.status(202))
  app.get('/header', (c) => {
    c.header('X-A', '1')
    c.header('x-a', '2')
    c.header('x-b', '1')
    c.header('x-b', '2', { append: true })
    c.header('x-c', '1')
    c.header('x-c', undefined)
    c.header('set-cookie', 'a=1')
    c.header('set-cookie', 'b=2')
    c.header('content-type', 'text/csv')
    return c.text('a,b')
  })
  app.get('/throws', () => {
    throw new Error('secret')
  })
  app.get('/rejects', async () => {
    throw new TypeError('secret')
  })
  app.get('/throws/http', () => {
    throw new HttpError(403, 'not yours')
  })
  app.get('/throws/http-500', () => {
    throw new HttpError(503, 'secret')
  })
  app.get('/bad/header', (c) => c.text('', 200, { 'x-a': 'a\r\nset-cookie: b' }))
  app.get('/bad/name', (c) => c.header('a b', 'c'))
  app.get('/bad/status', (c) => c.text('', 99))
  app.get('/bad/json', () => ({ a: 1n }))
  app.get('/bad/function', () => () => 1)
}

async function* pieces(): AsyncIterable<string> {
  yield 'one '
  yield 'two'
}

const rows: readonly (readonly [path: string, expected: Record<string, unknown>])[] = [
  ['/text', { status: 200, 'content-type': TEXT, body: 'é' }],
  ['/html', { status: 201, 'content-type': HTML, body: '<p>' }],
  ['/json', { status: 202, 'content-type': JSON_TYPE, 'x-a': '1', body: '{"a":[1,null]}' }],
  ['/bytes', { status: 200, 'content-type': BYTES, body: '\0\ufffd\n' }],
  ['/redirect', { status: 301, location: '/%C3%A9/?q=a%20b', body: '' }],
  ['/stream', { status: 200, 'content-type': BYTES, body: 'one two' }],
  ['/returned/string', { status: 200, 'content-type': TEXT, body: 'plain' }],
  ['/returned/async', { status: 200, 'content-type': TEXT, body: 'later' }],
  ['/returned/object', { status: 200, 'content-type': JSON_TYPE, body: '{"a":1}' }],
  ['/returned/array', { status: 200, 'content-type': JSON_TYPE, body: '[1,2]' }],
  ['/returned/null', { status: 200, 'content-type': JSON_TYPE, body: 'null' }],
  ['/returned/number', { status: 200, 'content-type': JSON_TYPE, body: '5' }],
  ['/returned/nothing', { status: 204, body: '' }],
  ['/returned/buffer', { status: 200, 'content-type': BYTES, body: 'b' }],
  ['/returned/array-buffer', { status: 200, 'content-type': BYTES, body: 'b' }],
  ['/returned/readable', { status: 200, 'content-type': BYTES, body: 'ab' }],
  ['/returned/web-stream', { status: 200, 'content-type': BYTES, body: 'web' }],
  [
    '/returned/response',
    {
      status: 203,
      'content-type': 'text/plain;charset=UTF-8',
      'x-b': '2',
      'set-cookie': 'b=2',
      body: 'whole',
    },
  ],
  ['/returned/empty-response', { status: 204, body: '' }],
  ['/status', { status: 201, 'content-type': JSON_TYPE, body: '{"made":true}' }],
  ['/status/nothing', { status: 202, body: '' }],
  [
    '/header',
    {
      status: 200,
      'content-type': 'text/csv',
      'x-a': '2',
      'x-b': '1, 2',
      'set-cookie': 'b=2',
      body: 'a,b',
    },
  ],
  ['/throws/http', problem(403, 'Forbidden', 'not yours')],
  ['/throws/http-500', problem(503, 'Service Unavailable')],
  ...[
    '/throws',
    '/rejects',
    '/bad/header',
    '/bad/name',
    '/bad/status',
    '/bad/json',
    '/bad/function',
  ].map((path) => [path, problem(500, 'Internal Server Error')] as const),
  ['/none', problem(404, 'Not Found')],
]

function problem(status: number, title: string, detail?: string): Record<string, unknown> {
  const body = JSON.stringify({ type: 'about:blank', title, status, detail })
  return { status, 'content-type': PROBLEM, body }
}

describe.each(WAYS)('by %s', (way) => {
  let app: Server
  let ask: Ask

  beforeAll(async () => {
    app = createServer({ port: 0, logger })
    addResults(app)
    ask = await askBy(way, app)
  })

  afterAll(() => app.close())

  it.each(rows)('GET %s', async (path, expected) => {
    const response = await ask(path)
    expect(await picture(response)).toEqual(expected)
  })

  it.each(rows)('HEAD %s: the same without the body', async (path, expected) => {
    const response = await ask(path, { method: 'HEAD' })
    expect(await picture(response)).toEqual({ ...expected, body: '' })
  })

  it('sends every cookie in a line of its own', async () => {
    const cookies = async (path: string) => (await ask(path)).headers.getSetCookie()
    expect(await cookies('/header')).toEqual(['a=1', 'b=2'])
    expect(await cookies('/returned/response')).toEqual(['a=1', 'b=2'])
  })

  it('answers 405 and OPTIONS with what is allowed', async () => {
    const deleted = await ask('/text', { method: 'DELETE' })
    expect([deleted.status, deleted.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS'])
    const options = await ask('/text', { method: 'OPTIONS' })
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, HEAD, OPTIONS'])
    expect((await ask('/none', { method: 'OPTIONS' })).status).toBe(404)
  })

  it('reports what no handler took, and shows it to no client', async () => {
    said.length = 0
    const before = app.stats().errors
    await ask('/throws')
    await ask('/throws/http')
    expect(said).toMatchObject([{ code: 'STRATA_HANDLER', err: { message: 'secret' } }])
    expect(app.stats().errors).toBe(before + 1)
  })
})

describe.each(WAYS)('requests, by %s', (way) => {
  let app: Server
  let ask: Ask

  beforeAll(async () => {
    app = createServer({ port: 0, logger })
    app.get('/params/:a/*rest', (c) => ({ ...c.params, path: c.req.path }))
    app.all('/echo', async (c) => ({
      method: c.req.method,
      path: c.req.path,
      q: c.req.query('q'),
      qs: c.req.queries('q'),
      query: c.req.query(),
      header: c.req.header('X-A'),
      cookie: [c.req.cookie('a'), c.req.cookie('b'), c.req.cookie('c')],
      text: await c.req.text(),
    }))
    app.post('/json', async (c) => c.json(await c.req.json()))
    app.post('/twice', async (c) => [(await c.req.bytes()).byteLength, await c.req.text()])
    app.post('/raw', async (c) => {
      const { method, url, headers } = c.req.raw
      return {
        method,
        url: new URL(url).pathname,
        a: headers.get('x-a'),
        text: await c.req.raw.text(),
      }
    })
    app.get('/raw', (c) => c.req.raw.url.replace(/^http:\/\/[^/]+/, ''))
    app.on('PROPFIND', '/dav', () => 'dav')
    app.post('/small', { bodyBytes: 3 }, async (c) => c.req.text())
    ask = await askBy(way, app)
  })

  afterAll(() => app.close())

  it('decodes params once', async () => {
    expect(await (await ask('/params/%C3%A9%2541/b/c%2Fd')).json()).toEqual({
      a: 'é%41',
      rest: 'b/c/d',
      path: '/params/%C3%A9%2541/b/c%2Fd',
    })
    expect((await ask('/params/%FF/b')).status).toBe(400)
  })

  it('gives what was sent', async () => {
    const init = {
      method: 'PUT',
      body: 'é',
      headers: { 'x-a': '1', cookie: 'a=1; a=2; b="%C3%A9"; c' },
    }
    expect(await (await ask('/echo?q=1&q=%20b+c&r', init)).json()).toEqual({
      method: 'PUT',
      path: '/echo',
      q: '1',
      qs: ['1', ' b c'],
      query: { q: '1', r: '' },
      header: '1',
      cookie: ['1', 'é', null],
      text: 'é',
    })
  })

  it('gives nothing where nothing was sent', async () => {
    expect(await (await ask('/echo')).json()).toEqual({
      method: 'GET',
      path: '/echo',
      qs: [],
      query: {},
      cookie: [null, null, null],
      text: '',
    })
  })

  it('reads JSON, and answers 400 to what is none', async () => {
    const json = (body: string | Uint8Array<ArrayBuffer>) => ask('/json', { method: 'POST', body })
    expect(await (await json('{"a":1}')).json()).toEqual({ a: 1 })
    for (const body of ['{', '', '{"a":1} ]', new Uint8Array([0x22, 0xff, 0x22])]) {
      const response = await json(body)
      expect([response.status, await response.json()]).toEqual([
        400,
        expect.objectContaining({ detail: 'the body is not JSON' }),
      ])
    }
  })

  it('reads a body once and gives it as often as it is asked for', async () => {
    expect(await (await ask('/twice', { method: 'POST', body: 'abc' })).json()).toEqual([3, 'abc'])
  })

  it('makes a WHATWG request on demand', async () => {
    const init = { method: 'POST', body: 'abc', headers: { 'x-a': '1' } }
    expect(await (await ask('/raw', init)).json()).toEqual({
      method: 'POST',
      url: '/raw',
      a: '1',
      text: 'abc',
    })
    expect(await (await ask('/raw?a=%2f')).text()).toBe('/raw?a=%2f')
  })

  it('takes a body up to the limit of the server, or of the route', async () => {
    const status = async (path: string, bytes: number) => {
      const init = { method: 'POST', body: new Uint8Array(bytes) }
      return (await ask(path, init)).status
    }
    expect(await status('/twice', 2 ** 20)).toBe(200)
    expect(await status('/twice', 2 ** 20 + 1)).toBe(413)
    expect(await status('/small', 3)).toBe(200)
    expect(await status('/small', 4)).toBe(413)
    expect(await status('/raw', 2 ** 20 + 1)).toBe(413)
  })

  it('takes other methods that have a route', async () => {
    expect(await (await ask('/dav', { method: 'PROPFIND' })).text()).toBe('dav')
    expect((await ask('/dav', { method: 'SEARCH' })).status).toBe(501)
  })
})

describe.each(WAYS)('options, by %s', (way) => {
  const apps: Server[] = []
  const open = async (app: Server) => {
    apps.push(app)
    return askBy(way, app)
  }

  afterAll(() => Promise.all(apps.map((app) => app.close())))

  it('redirectTrailingSlash: to the path that has a route', async () => {
    const app = createServer({ port: 0, redirectTrailingSlash: true })
    app
      .get('/a', () => 'a')
      .get('/b/', () => 'b')
      .get('/c/:id/', () => 'c')
    const ask = await open(app)
    const location = async (path: string, method = 'GET') => {
      const { status, headers } = await ask(path, { method, redirect: 'manual' })
      return [status, headers.get('location')]
    }
    expect(await location('/a/?q=1')).toEqual([308, '/a?q=1'])
    expect(await location('/b')).toEqual([308, '/b/'])
    expect(await location('/c/%2f')).toEqual([308, '/c/%2F/'])
    expect(await location('/a/', 'POST')).toEqual([404, null])
    expect(await location('/none/')).toEqual([404, null])
    expect(await location('/a//')).toEqual([404, null])
  })

  it('notFound answers what has no route, onError what was thrown', async () => {
    const app = createServer({ port: 0, logger: false })
    app.get('/throws', () => Promise.reject(new Error('secret')))
    app.get('/sync', () => {
      throw new Error('sync')
    })
    app.notFound((c) => c.text(`no ${c.req.path}`, 404))
    app.onError((error, c) => c.json({ caught: (error as Error).message }, 418))
    const ask = await open(app)
    expect(await picture(await ask('/x'))).toMatchObject({ status: 404, body: 'no /x' })
    expect(await picture(await ask('/throws'))).toMatchObject({
      status: 418,
      body: '{"caught":"secret"}',
    })
    expect(await picture(await ask('/sync'))).toMatchObject({
      status: 418,
      body: '{"caught":"sync"}',
    })
    expect((await ask('/sync', { method: 'PUT' })).status).toBe(405)
    app.onError(() => Promise.reject(new Error('twice')))
    expect((await ask('/throws')).status).toBe(500)
  })

  it('serverTiming tells how long it took', async () => {
    const app = createServer({ port: 0, serverTiming: true })
    app.get('/', () => 'a').get('/later', async () => 'b')
    const ask = await open(app)
    for (const path of ['/', '/later', '/none']) {
      expect((await ask(path)).headers.get('server-timing')).toMatch(/^total;dur=\d+\.\d$/)
    }
  })

  it('mounts: routes and middleware below a prefix', async () => {
    const posts = createRoutes()
    posts.use(async (c, next) => {
      c.header('x-posts', '1')
      await next()
    })
    posts.get('/', () => 'all').get('/:id', (c) => c.params.id)
    const api = createRoutes()
      .route('/posts', posts)
      .get('/:version', (c) => c.params.version)
    const app = createServer({ port: 0 }).route('/api/:tenant', api)
    app.get('/api/:tenant/posts/special/*', (c) => c.json(c.params))
    const ask = await open(app)
    expect(await picture(await ask('/api/t/posts'))).toMatchObject({ body: 'all', 'x-posts': '1' })
    expect(await picture(await ask('/api/t/posts/5'))).toMatchObject({ body: '5', 'x-posts': '1' })
    const v1 = await picture(await ask('/api/t/v1'))
    expect([v1['body'], v1['x-posts']]).toEqual(['v1', undefined])
    // middleware belongs to a prefix, whoever the route below it belongs to
    expect(await picture(await ask('/api/t/posts/special/x'))).toMatchObject({
      body: '{"tenant":"t","*":"x"}',
      'x-posts': '1',
    })
    expect(await picture(await ask('/api/t/posts/a/b'))).toMatchObject({
      status: 404,
      'x-posts': '1',
    })
    expect(() => posts.get('/late', () => 1)).toThrow(/before it is mounted/)
  })

  it('replaces and adds routes while it runs', async () => {
    const app = createServer({ port: 0 }).get('/a', () => 'old')
    const ask = await open(app)
    expect(await (await ask('/a')).text()).toBe('old')
    expect(() => app.get('/a', () => 'new')).toThrow(/a place of its own/)
    app.get('/a', { replace: true }, () => 'new').get('/b', () => 'b')
    expect(await (await ask('/a')).text()).toBe('new')
    expect(await (await ask('/b')).text()).toBe('b')
    expect(app.routes().map(({ pattern }) => pattern)).toEqual(['/a', '/b'])
  })

  it('serves a fetch-style app in the place of what has no route', async () => {
    const app = createServer({
      port: 0,
      fetch: async (request) =>
        new Response(`${request.method} ${new URL(request.url).pathname} ${await request.text()}`),
    })
    app.get('/own', () => 'own')
    const ask = await open(app)
    expect(await (await ask('/own')).text()).toBe('own')
    expect(await (await ask('/', { method: 'POST', body: 'b' })).text()).toBe('POST / b')
    expect(await (await ask('/a/b/', { method: 'DELETE' })).text()).toBe('DELETE /a/b/ ')
    expect(await (await ask('/own', { method: 'PUT', body: 'p' })).text()).toBe('PUT /own p')
  })
})

describe('hosts', () => {
  it('answers to the names it was given', async () => {
    const app = createServer({ hosts: ['Example.com', 'localhost:3000', '[::1]'] }).get(
      '/',
      () => 'a',
    )
    const status = async (host: string) => (await app.fetch(new Request(`http://${host}/`))).status
    expect(await status('example.com')).toBe(200)
    expect(await status('EXAMPLE.com:8080')).toBe(200)
    expect(await status('[::1]:5')).toBe(200)
    expect(await status('localhost:3000')).toBe(200)
    expect(await status('localhost')).toBe(421)
    expect(await status('evil.example.com')).toBe(421)
  })
})
