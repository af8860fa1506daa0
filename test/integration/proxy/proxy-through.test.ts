import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { assembleCache } from '../../../src/create-cache.js'
import { valueOf } from '../../../src/http/fields.js'
import type { HttpResponse } from '../../../src/http/message.js'
import { ResponseCache } from '../../../src/http/response-cache.js'
import { parseRoutePolicy } from '../../../src/http/route-policy.js'
import type { Cache } from '../../../src/index.js'
import type { ForwardRequest } from '../../../src/proxy/forward-request.js'
import type { OriginOptions } from '../../../src/proxy/origin-options.js'
import { type Proxy, type ProxyOptions, proxyThrough } from '../../../src/proxy/proxy-through.js'
import { asked, failureOf, Opened, pieces, textOf } from '../../support/forwarding.js'
import { gate } from '../../support/gate.js'
import { ManualClock } from '../../support/manual-clock.js'
import { RawOrigin } from '../../support/raw-origin.js'

const opened = new Opened()
let clock: ManualClock
let cache: Cache
let proxies = 0

beforeEach(() => {
  clock = new ManualClock({ wall: Math.floor(Date.now() / 1_000) * 1_000 })
  cache = assembleCache({ logger: false }, { clock })
  opened.add(() => cache.close())
})
afterEach(() => opened.close())

async function proxyTo(
  url: string,
  options: OriginOptions = {},
  how: ProxyOptions = {},
): Promise<Proxy> {
  const origin = await opened.origin(url, { connections: 4, ...options }, clock)
  // a proxy behind a proxy has a namespace of its own, as it would have on Redis
  return proxyThrough(new ResponseCache(cache.namespace(`p${++proxies}`)), origin, how)
}

/** What a client saw. */
async function seen(answer: Promise<HttpResponse>) {
  const response = await answer
  const { status, fields } = response
  const body = await textOf(response)
  // what is stored is stored a step after its last byte
  await new Promise(setImmediate)
  return { status, body, field: (name: string) => valueOf(fields, name) }
}

const MAX_AGE = { 'cache-control': 'max-age=60' }

describe('what the origin says may be kept', () => {
  test('is asked for once, and has an Age and a Cache-Status', async () => {
    let count = 0
    const url = await opened.http((_, res) => res.writeHead(200, MAX_AGE).end(`${++count}`))
    const proxy = await proxyTo(url)
    const first = await seen(proxy(asked('/a')))
    expect([first.body, first.field('cache-status')]).toEqual(['1', 'strata; fwd=uri-miss; stored'])
    clock.advance(7_000)
    const second = await seen(proxy(asked('/a')))
    expect([second.body, second.field('age')]).toEqual(['1', '7'])
    expect(second.field('cache-status')).toMatch(/^strata; hit; ttl=5[23]$/)
    const head = await seen(proxy(asked('/a', { method: 'HEAD' })))
    expect([head.body, head.field('content-length')]).toEqual(['', '1'])
    const part = await seen(proxy(asked('/a', { fields: ['range', 'bytes=0-0'] })))
    expect([part.status, part.body]).toEqual([206, '1'])
    const etag = first.field('etag') ?? ''
    const same = await seen(proxy(asked('/a', { fields: ['if-none-match', etag] })))
    expect([same.status, count]).toEqual([304, 1])
  })

  test('is validated with its own validator when it is stale, also by a 304 that tells a length', async () => {
    let connections = 0
    const raw = await opened.raw(
      RawOrigin.open(({ head, socket, connection }) => {
        connections = connection
        const fields = 'Cache-Control: max-age=10\r\nETag: "1"\r\nContent-Length: 3\r\n\r\n'
        if (head.includes('if-none-match: "1"')) socket.write(`HTTP/1.1 304 Same\r\n${fields}`)
        else socket.write(`HTTP/1.1 200 OK\r\n${fields}abc`)
      }),
    )
    const proxy = await proxyTo(raw.url)
    await seen(proxy(asked('/a')))
    for (let i = 0; i < 2; i++) {
      clock.advance(11_000)
      const again = await seen(proxy(asked('/a', { fields: ['if-none-match', '"other"'] })))
      expect([again.status, again.body]).toEqual([200, 'abc'])
    }
    expect(raw.requests).toHaveLength(3)
    expect(raw.requests[2]?.head).not.toContain('other')
    expect(connections).toBeLessThanOrEqual(3)
  })

  test('is asked for once by many at the same time, each with a whole answer', async () => {
    const answering = gate()
    let count = 0
    const url = await opened.http((_, res) => {
      count++
      res.writeHead(200, MAX_AGE).write('a')
      void answering.promise.then(() => res.end('b'))
    })
    const proxy = await proxyTo(url)
    const all = Promise.all([1, 2, 3, 4, 5].map(() => seen(proxy(asked('/a')))))
    await expect.poll(() => count).toBe(1)
    answering.open()
    expect((await all).map(({ body }) => body)).toEqual(['ab', 'ab', 'ab', 'ab', 'ab'])
    expect(count).toBe(1)
  })

  test('goes by what the origin saw of the request, where Vary names what we tell it', async () => {
    let count = 0
    const url = await opened.http((req, res) => {
      count++
      res.writeHead(200, { ...MAX_AGE, vary: 'X-Forwarded-For' })
      res.end(req.headers['x-forwarded-for'])
    })
    const proxy = await proxyTo(url)
    for (const client of ['192.0.2.1', '192.0.2.2', '192.0.2.1', '192.0.2.2']) {
      const fields = ['x-forwarded-for', '198.51.100.9']
      expect((await seen(proxy(asked('/a', { client, fields })))).body).toBe(client)
    }
    expect(count).toBe(2)
  })

  test('is told apart by the scheme and host that a believed proxy tells', async () => {
    const url = await opened.http((req, res) => {
      res.writeHead(200, MAX_AGE)
      res.end(
        `${String(req.headers['x-forwarded-proto'])}://${String(req.headers['x-forwarded-host'])}`,
      )
    })
    const proxy = await proxyTo(url, { trust: ['192.0.2.7'] })
    for (const [proto, host] of [
      ['https', 'a.example'],
      ['http', 'a.example'],
      ['https', 'b.example'],
    ] as const) {
      const fields = ['x-forwarded-proto', proto, 'x-forwarded-host', host]
      for (let i = 0; i < 2; i++) {
        expect((await seen(proxy(asked('/a', { fields })))).body).toBe(`${proto}://${host}`)
      }
    }
  })
})

describe('who asks', () => {
  test('is passed on to the origin, whose answer is then his alone', async () => {
    const users: unknown[] = []
    const url = await opened.http((req, res) => {
      users.push([req.headers.authorization, req.headers.cookie])
      res.writeHead(200, MAX_AGE).end(req.headers.authorization)
    })
    const proxy = await proxyTo(url)
    for (const user of ['Bearer a', 'Bearer b']) {
      const fields = ['authorization', user, 'cookie', 'x=1']
      expect((await seen(proxy(asked('/a', { fields })))).body).toBe(user)
    }
    expect(users).toEqual([
      ['Bearer a', 'x=1'],
      ['Bearer b', 'x=1'],
    ])
  })
})

describe('an origin that fails', () => {
  test.each<[title: string, fields: string, verdict: number | string]>([
    ['is stale', 'max-age=10', 200],
    ['must be revalidated', 'max-age=10, must-revalidate', 504],
    ['must be validated each time', 'no-cache', 502],
  ])('by being gone: what %s', async (_, control, verdict) => {
    const raw = await RawOrigin.says(
      `HTTP/1.1 200 OK\r\nCache-Control: ${control}\r\nETag: "1"\r\nContent-Length: 3\r\n\r\nabc`,
    )
    const proxy = await proxyTo(raw.url)
    await seen(proxy(asked('/a')))
    await raw.close()
    clock.advance(11_000)
    if (verdict !== 200) {
      expect(await failureOf(proxy(asked('/a')))).toMatchObject({ status: verdict })
      return
    }
    for (const method of ['GET', 'HEAD']) {
      const stale = await seen(proxy(asked('/a', { method })))
      expect(stale.status).toBe(200)
      expect(stale.field('cache-status')).toBe('strata; hit; ttl=-1; detail=stale-if-error')
    }
  })

  test('by an answer that is none: what is stale is served', async () => {
    const raw = await opened.raw(
      RawOrigin.open(({ socket }) => {
        if (raw.requests.length > 1) socket.end('hello\r\n\r\n')
        else
          socket.write(
            'HTTP/1.1 200 OK\r\nCache-Control: max-age=10\r\nContent-Length: 3\r\n\r\nabc',
          )
      }),
    )
    const proxy = await proxyTo(raw.url)
    await seen(proxy(asked('/a')))
    clock.advance(11_000)
    expect((await seen(proxy(asked('/a')))).body).toBe('abc')
    expect(raw.requests).toHaveLength(2)
  })

  test.each<[title: string, framing: string]>([
    ['a length', 'Content-Length: 9\r\n\r\nabc'],
    ['chunks', 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n'],
  ])('within a body with %s: its reader hears of it, and nothing is stored', async (_, framing) => {
    const raw = await opened.raw(
      RawOrigin.says(`HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${framing}`, 'close'),
    )
    const proxy = await proxyTo(raw.url)
    for (let i = 1; i <= 2; i++) {
      expect(await failureOf(seen(proxy(asked('/a'))))).toMatchObject({ status: 502 })
      expect(raw.requests).toHaveLength(i)
    }
  })

  test('without anything stored: 502 to each who asks', async () => {
    const raw = await opened.raw(RawOrigin.says('hello\r\n\r\n', 'close'))
    const proxy = await proxyTo(raw.url)
    const both = [failureOf(proxy(asked('/a'))), failureOf(proxy(asked('/a')))]
    expect(await Promise.all(both)).toMatchObject([{ status: 502 }, { status: 502 }])
  })
})

describe('what is not for reading', () => {
  test('goes through with its body, and makes what is stored invalid', async () => {
    let text = '1'
    const url = await opened.http((req, res) => {
      if (req.method === 'GET') return void res.writeHead(200, MAX_AGE).end(text)
      req.on('data', (chunk) => (text = String(chunk))).on('end', () => res.writeHead(204).end())
    })
    const proxy = await proxyTo(url)
    expect((await seen(proxy(asked('/a')))).body).toBe('1')
    const put = await seen(proxy(asked('/a', { method: 'PUT', body: pieces('2') })))
    expect([put.status, put.field('cache-status')]).toEqual([
      204,
      'strata; fwd=method; fwd-status=204',
    ])
    expect((await seen(proxy(asked('/a')))).body).toBe('2')
  })

  test('a GET with a body goes past the cache', async () => {
    const url = await opened.http((req, res) => {
      req.resume().on('end', () => res.writeHead(200, MAX_AGE).end('with a body'))
    })
    const proxy = await proxyTo(url)
    const fields = ['content-length', '3']
    const answer = await seen(proxy(asked('/a', { fields, body: pieces('abc') })))
    expect(answer.field('cache-status')).toBe('strata; fwd=bypass; fwd-status=200; detail=body')
    expect((await seen(proxy(asked('/a')))).field('cache-status')).toContain('uri-miss')
  })
})

describe('what goes no further', () => {
  test.each<[title: string, request: Partial<ForwardRequest>, status: number, allow: boolean]>([
    ['CONNECT', { method: 'CONNECT', target: 'a.example:443' }, 405, true],
    ['TRACE', { method: 'TRACE' }, 405, true],
    ['a request that was here before', { fields: ['via', '1.1 other, 1.1 edge'] }, 508, false],
    ['OPTIONS *', { method: 'OPTIONS', target: '*' }, 204, true],
    ['OPTIONS with no hop left', { method: 'OPTIONS', fields: ['max-forwards', '0'] }, 204, true],
    ['another target', { target: '*' }, 400, false],
  ])('%s', async (_, request, status, allow) => {
    const raw = await opened.raw(RawOrigin.says(''))
    const proxy = await proxyTo(raw.url, { name: 'edge' })
    const answer = await seen(proxy(asked('/a', request)))
    expect([answer.status, answer.field('allow') !== undefined]).toEqual([status, allow])
    expect(raw.requests).toHaveLength(0)
  })

  test('OPTIONS goes on with one hop less', async () => {
    const raw = await opened.raw(RawOrigin.says('HTTP/1.1 204 No\r\n\r\n'))
    const proxy = await proxyTo(raw.url)
    await seen(proxy(asked('/a', { method: 'OPTIONS', fields: ['max-forwards', '3'] })))
    expect(raw.requests[0]?.head).toContain('max-forwards: 2\r\n')
  })

  test('two proxies before one origin are no loop; a proxy before itself is', async () => {
    const url = await opened.http((_, res) => res.end('ok'))
    const inner = await proxyTo(url)
    const asOrigin = await opened.http((req, res) => {
      const fields = req.rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))
      void inner(asked('/a', { fields })).then(async (answer) => {
        res.writeHead(answer.status).end(await textOf(answer))
      })
    })
    const outer = await proxyTo(asOrigin)
    expect((await seen(outer(asked('/a')))).body).toBe('ok')
    const itself = gate<Proxy>()
    const loop = await opened.http((req, res) => {
      const fields = req.rawHeaders.map((text, i) => (i % 2 === 0 ? text.toLowerCase() : text))
      void itself.promise
        .then((proxy) => proxy(asked('/b', { fields })))
        .then(({ status }) => res.writeHead(status).end())
    })
    const proxy = await proxyTo(loop)
    itself.open(proxy)
    expect((await seen(proxy(asked('/a')))).status).toBe(508)
  })
})

describe('a client', () => {
  test('hears answers of 1xx until it is answered, and none of a load behind its back', async () => {
    const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n'
    const swr = 'Cache-Control: max-age=10, stale-while-revalidate=60\r\nContent-Length: 1'
    const raw = await opened.raw(RawOrigin.says(`${hint}HTTP/1.1 200 OK\r\n${swr}\r\n\r\na`))
    const proxy = await proxyTo(raw.url)
    const told: number[] = []
    const onInformation = (status: number): void => void told.push(status)
    await seen(proxy(asked('/a', { onInformation })))
    expect(told).toEqual([103])
    clock.advance(11_000)
    const stale = await seen(proxy(asked('/a', { onInformation })))
    expect(stale.field('cache-status')).toContain('stale-while-revalidate')
    await expect.poll(() => raw.requests.length).toBe(2)
    await expect
      .poll(async () => (await seen(proxy(asked('/a')))).field('cache-status'))
      .toMatch(/hit; ttl=\d+$/)
    expect(told).toEqual([103])
  })

  test('that has gone ends what nobody else waits for', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const proxy = await proxyTo(raw.url)
    const aborter = new AbortController()
    const request = asked('/a', { method: 'POST', body: pieces('x') })
    const failing = failureOf(proxy(request, { signal: aborter.signal }))
    await expect.poll(() => raw.requests.length).toBe(1)
    const closed = once(raw.requests[0]!.socket, 'close')
    aborter.abort(new Error('gone'))
    expect(await failing).toMatchObject({ message: 'gone' })
    await closed
  })
})

describe('under a policy of ours', () => {
  const rule = parseRoutePolicy(
    {
      ttl: '1m',
      grace: '1m',
      key: { query: ['page'], headers: { 'accept-language': ['en', 'de'] }, cookies: [] },
    },
    '/a',
  )

  test('the origin sees what the key has, and is asked once for it', async () => {
    const raw = await opened.raw(RawOrigin.says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'))
    const proxy = await proxyTo(raw.url, { name: 'edge' }, { rule })
    for (const [target, fields] of [
      ['/a?utm=1&page=2', ['accept-language', 'de-CH, en;q=0.5', 'x-evil', '1', 'cookie', 'a=1']],
      ['/a?page=2', ['accept-language', 'de', 'user-agent', 'b']],
    ] as const) {
      expect((await seen(proxy(asked(target, { fields })))).body).toBe('a')
    }
    expect(raw.requests.map(({ head }) => head.split('\r\n'))).toEqual([
      [
        'GET /a?page=2 HTTP/1.1',
        'host: shop.example',
        'connection: keep-alive',
        'accept-language: de',
        'via: 1.1 edge',
        'forwarded: for=192.0.2.7;host=shop.example;proto=http',
        'x-forwarded-for: 192.0.2.7',
        'x-forwarded-host: shop.example',
        'x-forwarded-proto: http',
      ],
    ])
  })

  test('a stale response is validated with its validator', async () => {
    const raw = await opened.raw(
      RawOrigin.open(({ head, socket }) => {
        if (head.includes('if-none-match: "1"'))
          socket.write('HTTP/1.1 304 Same\r\nETag: "1"\r\n\r\n')
        else socket.write('HTTP/1.1 200 OK\r\nETag: "1"\r\nContent-Length: 1\r\n\r\na')
      }),
    )
    const proxy = await proxyTo(raw.url, {}, { rule })
    await seen(proxy(asked('/a')))
    clock.advance(61_000)
    expect((await seen(proxy(asked('/a')))).body).toBe('a')
    await expect.poll(() => raw.requests.length).toBe(2)
    expect(raw.requests[1]?.head).toContain('if-none-match: "1"')
  })

  test('a cookie that the policy does not mention goes past the cache, whole', async () => {
    const raw = await opened.raw(RawOrigin.says('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na'))
    const proxy = await proxyTo(raw.url, {}, { rule: parseRoutePolicy({ ttl: '1m' }, '/a') })
    const fields = ['cookie', 'a=1', 'user-agent', 'b']
    const answer = await seen(proxy(asked('/a', { fields })))
    expect(answer.field('cache-status')).toContain('fwd=bypass; fwd-status=200; detail=cookie')
    expect(raw.requests[0]?.head).toContain('cookie: a=1\r\nuser-agent: b\r\n')
  })
})
