import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer as createNetServer } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { createCache, InvalidOptionError } from '../../../src/index.js'
import { createServer, type Server } from '../../../src/server/index.js'
import type { ServerOptions } from '../../../src/server/options.js'
import { Opened } from '../../support/forwarding.js'
import { gate } from '../../support/gate.js'
import { listener } from '../../support/listener.js'
import { RawOrigin } from '../../support/raw-origin.js'
import { get, linesOf, Wire } from '../../support/wire.js'

const opened = new Opened()
afterEach(() => opened.close())

async function serve(options: ServerOptions): Promise<{ server: Server; port: number }> {
  const server = createServer({ port: 0, logger: false, ...options })
  opened.add(() => server.close({ timeout: 0 }))
  return { server, port: (await server.listen()).port }
}

async function wireTo(port: number): Promise<Wire> {
  const wire = await Wire.open(port)
  opened.add(async () => wire.close())
  return wire
}

/** All that comes back for these bytes, until the connection is closed. */
async function said(port: number, bytes: string): Promise<string> {
  const wire = await wireTo(port)
  wire.send(bytes)
  return await wire.rest()
}

async function ask(port: number, target: string, fields: string[] = [], method = 'GET') {
  const wire = await wireTo(port)
  wire.send(get(target, fields, method))
  const answer = await wire.next(method)
  if (answer === undefined) throw new Error('no answer')
  const { status, body } = answer
  return { status, body, field: (name: string) => linesOf(answer.fields, name).join(', ') }
}

const OK = 'HTTP/1.1 200 OK\r\n'
const LAST = ['Connection: close']

describe('a server with an origin', () => {
  test('answers from it, and the second time from its cache', async () => {
    let count = 0
    const url = await opened.http((req, res) => {
      res.writeHead(200, { 'cache-control': 'max-age=60' })
      res.end(`${++count} ${String(req.headers.host)} ${String(req.headers['x-forwarded-for'])}`)
    })
    const { port } = await serve({ origin: url })
    const first = await ask(port, '/a?b')
    expect([first.body, first.field('cache-status')]).toEqual([
      '1 example.com 127.0.0.1',
      'strata; fwd=uri-miss; stored',
    ])
    const second = await ask(port, '/a?b')
    expect([second.body, second.field('cache-status')]).toEqual([
      first.body,
      expect.stringMatching(/^strata; hit; ttl=\d+$/),
    ])
    expect((await ask(port, '/a?c')).body).toMatch(/^2 /)
  })

  test('is a function as well', async () => {
    const url = await opened.http((req, res) => res.end(`${String(req.method)} ${String(req.url)}`))
    const server = createServer({ origin: new URL(url) })
    opened.add(() => server.close())
    const response = await server.fetch(new Request('http://a.example/b?c'))
    expect(await response.text()).toBe('GET /b?c')
  })

  test('has routes of its own, and paths under policies', async () => {
    const asked: string[] = []
    const url = await opened.http((req, res) => {
      asked.push(String(req.url))
      res.end(`page ${asked.length}`)
    })
    const cache = createCache()
    opened.add(() => cache.close())
    const { server, port } = await serve({
      origin: url,
      cache,
      rules: {
        '/posts/:id': {
          ttl: '1m',
          key: { query: [] },
          tags: ({ params }) => [`post:${params['id']}`],
        },
        '/live/*': true,
      },
    })
    server.get('/health', (c) => c.text('ok'))
    expect((await ask(port, '/health')).body).toBe('ok')
    for (const target of ['/posts/1', '/posts/1?utm=2', '/live/x', '/live/x'])
      await ask(port, target)
    expect(asked).toEqual(['/posts/1', '/live/x', '/live/x'])
    await cache.invalidateTags('post:1')
    expect((await ask(port, '/posts/1')).body).toBe('page 4')
    expect((await ask(port, '/posts/1', [], 'HEAD')).field('content-length')).toBe('6')
    expect(asked).toHaveLength(4)
    expect((await ask(port, '/posts/1', [], 'PROPFIND')).body).toBe('page 5')
  })

  test('passes on what is not for reading, with its body and whatever the method', async () => {
    const url = await opened.http((req, res) => {
      let text = ''
      req.on('data', (chunk) => (text += String(chunk)))
      req.on('end', () => res.end(`${String(req.method)} ${text}`))
    })
    const { port } = await serve({ origin: url })
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'PURGE']) {
      const bytes = `${get('/a', ['Content-Length: 3', ...LAST], method)}abc`
      expect(await said(port, bytes)).toMatch(new RegExp(`\r\n\r\n${method} abc$`))
    }
    const chunks = '3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n'
    const bytes = `${get('/a', ['Transfer-Encoding: chunked', ...LAST], 'POST')}${chunks}`
    expect(await said(port, bytes)).toMatch(/POST abcdef$/)
  })

  test.each<[title: string, bytes: string, status: number]>([
    ['TRACE', get('/a', LAST, 'TRACE'), 405],
    ['CONNECT', get('a.example:443', LAST, 'CONNECT'), 405],
    ['OPTIONS *', get('*', LAST, 'OPTIONS'), 204],
    ['a body that is too long', get('/a', ['Content-Length: 2000000', ...LAST], 'POST'), 413],
    ['a path that leads elsewhere', get('/a/../b', LAST), 400],
  ])('passes on no %s', async (_, bytes, status) => {
    const raw = await opened.raw(RawOrigin.says(''))
    const { port } = await serve({ origin: raw.url })
    expect(await said(port, bytes)).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(raw.requests).toHaveLength(0)
  })

  test('that is its own origin answers 508', async () => {
    const free = createNetServer().listen(0, '127.0.0.1')
    await once(free, 'listening')
    const { port } = free.address() as AddressInfo
    await new Promise((resolve) => free.close(resolve))
    await serve({ origin: `http://127.0.0.1:${port}`, port })
    expect((await ask(port, '/a')).status).toBe(508)
  })
})

describe('a body that the origin has to be asked about', () => {
  test('is asked for when the origin takes it', async () => {
    const url = await opened.http((req, res) => {
      expect(req.headers.expect).toBe(undefined)
      req.on('data', () => {}).on('end', () => res.end('taken'))
    })
    const { port } = await serve({ origin: url })
    const wire = await wireTo(port)
    wire.send(get('/a', ['Expect: 100-continue', 'Content-Length: 3', ...LAST], 'POST'))
    const answer = wire.rest()
    wire.send('abc')
    expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK[^]*taken$/)
  })

  test('is not asked for when there is no origin to take it', async () => {
    const raw = await RawOrigin.says('')
    const { url } = raw
    await raw.close()
    const { port } = await serve({ origin: url })
    const bytes = get('/a', ['Expect: 100-continue', 'Content-Length: 3', ...LAST], 'POST')
    expect(await said(port, bytes)).toMatch(/^HTTP\/1.1 502 /)
  })
})

describe('an answer before the end of the body', () => {
  test('reaches the client, and the connections end', async () => {
    const raw = await opened.raw(
      RawOrigin.says('HTTP/1.1 413 Too Much\r\nContent-Length: 2\r\n\r\nno'),
    )
    const { port } = await serve({ origin: raw.url })
    const wire = await wireTo(port)
    wire.send(`${get('/a', ['Content-Length: 500000'], 'POST')}abc`)
    const answer = await wire.next()
    expect([answer?.status, answer?.body]).toEqual([413, 'no'])
    expect(linesOf(answer?.fields ?? [], 'connection')).toEqual(['close'])
    await wire.rest()
  })
})

describe('what stands beside an answer', () => {
  const HINT = 'HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\nX-A: 1\r\n\r\n'
  const PROCESSING = 'HTTP/1.1 102 Processing\r\n\r\n'

  test('answers of 1xx come first, but not to HTTP/1.0', async () => {
    const bad = 'HTTP/1.1 103 Early Hints\r\nLink: no link\r\n\r\n'
    const raw = await opened.raw(
      RawOrigin.says(`${PROCESSING}${HINT}${bad}${OK}Content-Length: 2\r\n\r\nok`),
    )
    const { port } = await serve({ origin: raw.url })
    const text = await said(port, get('/a', LAST))
    const [processing, hint, ...rest] = text.split(/\r\n\r\n/)
    expect(processing).toBe('HTTP/1.1 102 Processing')
    expect(hint?.split('\r\n').map((line) => line.replace(/^Link/, 'link'))).toEqual(
      expect.arrayContaining(['HTTP/1.1 103 Early Hints', 'link: </a.css>; rel=preload', 'x-a: 1']),
    )
    // node:http has no other links in a hint than those it knows the form of
    if (listener === 'native') expect(rest.shift()).toMatch(/^HTTP\/1.1 103 [^]*no link$/)
    expect(rest[0]).toMatch(/^HTTP\/1.1 200 /)
    expect(await said(port, 'GET /b HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1.1 200 /)
    expect(raw.requests[1]?.head).toMatch(/via: 1\.0 strata-/)
  })

  test('trailers come last, to those who take them', async () => {
    const chunks = '2\r\nok\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n'
    for (const control of ['no-store', 'max-age=60']) {
      const head = `${OK}Cache-Control: ${control}\r\nTransfer-Encoding: chunked\r\n\r\n`
      const raw = await opened.raw(RawOrigin.says(`${head}${chunks}`))
      const { port } = await serve({ origin: raw.url })
      const takes = ['TE: trailers', 'Connection: TE, close']
      expect(await said(port, get('/a', takes))).toMatch(/\r\n0\r\nx-sum: 1\r\nx-sum: 2\r\n\r\n$/)
      expect(await said(port, get('/b', LAST))).not.toContain('x-sum')
    }
  })
})

describe('an origin that fails', () => {
  test('becomes 502 when it answers with something else', async () => {
    const raw = await opened.raw(RawOrigin.says('hello\r\n\r\n', 'close'))
    const { port } = await serve({ origin: raw.url })
    const answer = await ask(port, '/a')
    expect([answer.status, answer.field('content-type')]).toEqual([502, 'application/problem+json'])
    expect(answer.body).not.toContain('127.0.0.1')
  })

  test('becomes 504 when it does not answer', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const { port } = await serve({ origin: raw.url, proxy: { timeouts: { headers: 50 } } })
    expect((await ask(port, '/a')).status).toBe(504)
  })

  test.each<[title: string, framing: string, client: RegExp]>([
    ['a length', 'Content-Length: 9\r\n\r\nabc', /content-length: 9\r\n[^]*\r\nabc$/i],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n', /\r\n\r\n3\r\nabc\r\n$/],
  ])('within a body with %s breaks the connection of the client', async (_, framing, client) => {
    for (const control of ['no-store', 'max-age=60']) {
      const going = gate()
      const raw = await opened.raw(
        RawOrigin.open(({ socket }) => {
          socket.write(`${OK}Cache-Control: ${control}\r\n${framing}`)
          void going.promise.then(() => socket.end())
        }),
      )
      const { port } = await serve({ origin: raw.url })
      const wire = await wireTo(port)
      wire.send(get('/a'))
      const text = wire.rest()
      await expect.poll(() => raw.requests.length).toBe(1)
      setImmediate(() => going.open())
      expect(await text).toMatch(client)
    }
  })
})

describe('the end', () => {
  test('of a client ends what only he waited for', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const { port } = await serve({ origin: raw.url })
    const wire = await wireTo(port)
    wire.send(get('/a', ['Content-Length: 0'], 'POST'))
    await expect.poll(() => raw.requests.length).toBe(1)
    const closed = once(raw.requests[0]!.socket, 'close')
    wire.close()
    await closed
  })

  test('of the server lets running requests be answered, then closes the connections to the origin', async () => {
    const answering = gate()
    const raw = await opened.raw(
      RawOrigin.open(({ socket }) => {
        void answering.promise.then(() => socket.write(`${OK}Content-Length: 2\r\n\r\nok`))
      }),
    )
    const { server, port } = await serve({ origin: raw.url })
    const running = ask(port, '/a')
    await expect.poll(() => raw.requests.length).toBe(1)
    const closed = once(raw.requests[0]!.socket, 'close')
    const closing = server.close()
    answering.open()
    expect((await running).body).toBe('ok')
    await closing
    await closed
    const late = await server.fetch(new Request('http://a.example/'))
    expect(late.status).toBe(503)
  })
})

test.each<[option: string, options: object]>([
  ['origin', { origin: 'a.example' }],
  ['origin', { origin: 'http://a', fetch: () => new Response() }],
  ['proxy', { proxy: {} }],
  ['proxy.connections', { origin: 'http://a', proxy: { connections: 0 } }],
  ['rules', { rules: {} }],
  ['rules./a.ttl', { origin: 'http://a', rules: { '/a': { ttl: 'x' } } }],
])('refuses %s', (option, options) => {
  expect(() => createServer(options)).toThrow(InvalidOptionError)
  expect(() => createServer(options)).toThrow(`${option}: got`)
})
