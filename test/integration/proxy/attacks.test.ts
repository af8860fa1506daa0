import { createServer as createHttpServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'
import { exchange, isHit } from '../../support/attacked-site.js'
import { Opened } from '../../support/forwarding.js'
import { RawClient, statusesOf } from '../../support/raw-http.js'
import { RawOrigin } from '../../support/raw-origin.js'
import { get, linesOf, Wire } from '../../support/wire.js'

const opened = new Opened()
let cache: Cache

beforeEach(() => {
  cache = createCache({ logger: false })
  opened.add(() => cache.close())
})
afterEach(() => opened.close())

/** The port of a proxy before an origin. */
async function proxied(origin: string, more: Partial<ServerOptions> = {}): Promise<number> {
  const app: Server = createServer({ cache, origin, port: 0, logger: false, ...more })
  opened.add(() => app.close({ timeout: 0 }))
  return (await app.listen()).port
}

interface Reached {
  readonly line: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** An origin by a strict parser: what it takes for requests. */
async function strictOrigin(
  answer: (request: IncomingMessage) => Record<string, string> = () => ({}),
): Promise<{ readonly url: string; readonly reached: Reached[] }> {
  const reached: Reached[] = []
  const server = createHttpServer((req, res) => {
    let body = ''
    req.on('data', (chunk: Buffer) => (body += chunk.toString('latin1')))
    req.on('error', () => undefined)
    req.on('end', () => {
      reached.push({ line: `${req.method} ${req.url}`, headers: req.headers, body })
      res.writeHead(200, answer(req)).end(`page of ${String(req.headers['x-forwarded-host'])}`)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  opened.add(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, reached }
}

const EVIL = 'GET /evil HTTP/1.1\r\nHost: example.com\r\n\r\n'
const post = (fields: readonly string[], body: string, version = '1.1'): string =>
  [`POST /page HTTP/${version}`, 'Host: example.com', ...fields, '', body].join('\r\n')
const chunk = (text: string, line = '\r\n'): string =>
  `${text.length.toString(16)}${line}${text}${line}`

describe('a request within a request does not reach the origin', () => {
  test.each<[title: string, bytes: string]>([
    [
      'a length and chunks',
      post(['Content-Length: 4', 'Transfer-Encoding: chunked'], `0\r\n\r\n${EVIL}`),
    ],
    [
      'chunks and a length',
      post(['Transfer-Encoding: chunked', 'Content-Length: 4'], `0\r\n\r\n${EVIL}`),
    ],
    ['two lengths', post(['Content-Length: 0', `Content-Length: ${EVIL.length}`], EVIL)],
    ['a list of lengths', post([`Content-Length: 0, ${EVIL.length}`], EVIL)],
    ['a length with a sign', post(['Content-Length: +0'], EVIL)],
    ['a length in hex', post(['Content-Length: 0x0'], EVIL)],
    ['a length with a space before its colon', post([`Content-Length : ${EVIL.length}`], EVIL)],
    ['another coding', post(['Transfer-Encoding: xchunked'], `0\r\n\r\n${EVIL}`)],
    ['two codings', post(['Transfer-Encoding: gzip, chunked'], `0\r\n\r\n${EVIL}`)],
    [
      'a coding twice',
      post(['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], `0\r\n\r\n${EVIL}`),
    ],
    [
      'a coding and none',
      post(['Transfer-Encoding: chunked', 'Transfer-Encoding: identity'], `0\r\n\r\n${EVIL}`),
    ],
    [
      'a coding behind a tab',
      post(['Transfer-Encoding:\tchunked', 'Content-Length: 3'], `0\r\n\r\n${EVIL}`),
    ],
    [
      'a coding with a vertical tab',
      post(['Transfer-Encoding: \u000bchunked'], `0\r\n\r\n${EVIL}`),
    ],
    [
      'a folded coding',
      post(['Transfer-Encoding:', ' chunked', `Content-Length: 4`], `0\r\n\r\n${EVIL}`),
    ],
    ['chunks in HTTP/1.0', post(['Transfer-Encoding: chunked'], `0\r\n\r\n${EVIL}`, '1.0')],
    [
      'lines that end in LF',
      `POST /page HTTP/1.1\nHost: example.com\nContent-Length: 0\n\n${EVIL}`,
    ],
    ['a CR within a field', post(['X: a\rContent-Length: 5'], EVIL)],
    [
      'a chunk longer than it says',
      post(['Transfer-Encoding: chunked'], `1\r\nab\r\n0\r\n\r\n${EVIL}`),
    ],
    [
      'a chunk whose size is negative',
      post(['Transfer-Encoding: chunked'], `-1\r\na\r\n0\r\n\r\n${EVIL}`),
    ],
    [
      'a chunk whose size overflows',
      post(['Transfer-Encoding: chunked'], `10000000000000000\r\n${EVIL}`),
    ],
    [
      'chunks that end in LF',
      post(['Transfer-Encoding: chunked'], `${chunk('a', '\n')}0\n\n${EVIL}`),
    ],
    [
      'an extension of a chunk with an end of line',
      post(['Transfer-Encoding: chunked'], `1;a=\nb\r\na\r\n0\r\n\r\n${EVIL}`),
    ],
  ])('%s', async (_, bytes) => {
    const origin = await strictOrigin()
    const port = await proxied(origin.url)
    const client = new RawClient(port).send(bytes)
    await Promise.race([client.closed(), new Promise((resolve) => setTimeout(resolve, 300))])
    client.end()
    for (const { line } of origin.reached) expect(line).toBe('POST /page')
    expect(origin.reached.length).toBeLessThanOrEqual(1)
    expect(statusesOf(client.text).filter((status) => status < 400).length).toBeLessThanOrEqual(
      origin.reached.length,
    )
    // whoever comes next has an answer of his own
    expect((await exchange(port, get('/next'))).status).toBe(200)
    expect(origin.reached.at(-1)?.line).toBe('GET /next')
  })

  test('its text as a body is a body', async () => {
    const origin = await strictOrigin()
    const port = await proxied(origin.url)
    const whole = await exchange(port, post([`Content-Length: ${EVIL.length}`], EVIL))
    const chunks = `${chunk(EVIL)}0\r\nAuthorization: evil\r\nX-T: 1\r\n\r\n`
    const pieces = await exchange(port, post(['Transfer-Encoding: chunked'], chunks))
    expect([whole.status, pieces.status]).toEqual([200, 200])
    expect(origin.reached.map(({ line, body }) => [line, body])).toEqual([
      ['POST /page', EVIL],
      ['POST /page', EVIL],
    ])
    const [, last] = origin.reached
    // fields behind the body are none of its head
    expect([last?.headers.authorization, last?.headers['x-t']]).toEqual([undefined, undefined])
  })
})

describe('what Connection names', () => {
  test('cannot take from a request what it is judged by', async () => {
    const origin = await strictOrigin()
    const port = await proxied(origin.url)
    const names =
      'Host, Cookie, Authorization, Content-Length, Cache-Control, X-Forwarded-For, X-Own'
    await exchange(
      port,
      get('/page', [
        `Connection: ${names}`,
        'Cookie: a=1',
        'Authorization: Basic eA==',
        'X-Own: 1',
      ]),
    )
    const [{ headers } = { headers: {} as IncomingMessage['headers'] }] = origin.reached
    expect(headers).toMatchObject({ cookie: 'a=1', authorization: 'Basic eA==' })
    expect(headers['x-forwarded-for']).toBe('127.0.0.1')
    expect(headers['x-own']).toBe(undefined)
    expect(headers.host).toBe('example.com')
  })

  test.each([
    ['Cache-Control', 'cache-control', 'private, max-age=60'],
    ['Set-Cookie, Cache-Control', 'set-cookie', 'sid=1'],
    ['Vary', 'vary', '*'],
  ])('cannot make a response one for all: %s', async (names, name, value) => {
    const said = { 'cache-control': 'max-age=60', [name]: value, connection: names }
    const origin = await strictOrigin(() => said)
    const port = await proxied(origin.url)
    await exchange(port, get('/page'))
    expect(isHit(await exchange(port, get('/page')))).toBe(false)
    expect(origin.reached).toHaveLength(2)
  })
})

describe('a response of the origin', () => {
  const page = (more: string, body = 'page'): string =>
    `HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\n${more}Content-Length: ${body.length}\r\n\r\n${body}`
  const SECOND = 'HTTP/1.1 200 OK\r\nCache-Control: max-age=60\r\nContent-Length: 4\r\n\r\nevil'

  test.each<[title: string, bytes: string]>([
    ['with another behind it', page('') + SECOND],
    ['with another within a field, behind a CR', page('X: a\r\rHTTP/1.1 200 OK\r\r\r\r')],
    ['with a NUL', page('X: a\0b\r\n')],
    ['with a folded field', page('X: a\r\n Set-Cookie: sid=1\r\n')],
    ['with a field without a name', page(': x\r\n')],
    ['with a space before a colon', page('Content-Length : 0\r\n')],
    ['with two lengths', page('Content-Length: 1\r\n')],
    ['with a length and chunks', page('Transfer-Encoding: chunked\r\n', `0\r\n\r\n${SECOND}`)],
  ])('%s is never another’s', async (_, bytes) => {
    const origin = await opened.raw(
      RawOrigin.open(({ head, socket }) => {
        const isFirst = head.startsWith('GET /page')
        socket.write(Buffer.from(isFirst ? bytes : page('', 'next'), 'latin1'))
      }),
    )
    const port = await proxied(origin.url)
    for (let i = 0; i < 2; i++) {
      const first = await exchange(port, get('/page'))
      expect([first.status, first.status === 200 ? first.body : 'page']).toEqual([
        first.status === 200 ? 200 : 502,
        'page',
      ])
      expect(linesOf(first.fields, 'set-cookie')).toEqual([])
      expect((await exchange(port, get(`/next${i}`))).body).toBe('next')
    }
  })
})

describe('the host', () => {
  const reflecting = async (more: Partial<ServerOptions> = {}) => {
    const origin = await strictOrigin(() => ({ 'cache-control': 'max-age=60' }))
    return { origin, port: await proxied(origin.url, more) }
  }
  const request = (target: string, ...fields: string[]): string =>
    [`GET ${target} HTTP/1.1`, ...fields, '', ''].join('\r\n')

  test.each<[title: string, bytes: string]>([
    ['in X-Forwarded-Host', request('/page', 'Host: a.example', 'X-Forwarded-Host: evil.example')],
    [
      'in Forwarded',
      request('/page', 'Host: a.example', 'Forwarded: host=evil.example;proto=https'),
    ],
    [
      'in X-Forwarded-Host twice',
      request(
        '/page',
        'Host: a.example',
        'X-Forwarded-Host: a.example',
        'X-Forwarded-Host: evil.example',
      ),
    ],
    ['in the target', request('http://evil.example/page', 'Host: a.example')],
    ['in a second Host', request('/page', 'Host: a.example', 'Host: evil.example')],
    ['behind an @', request('/page', 'Host: a.example@evil.example')],
    ['behind a comma', request('/page', 'Host: a.example, evil.example')],
    ['behind a port', request('/page', 'Host: a.example:80@evil.example')],
    ['of another', request('/page', 'Host: evil.example')],
    ['behind slashes', request('//evil.example/page', 'Host: a.example')],
  ])('%s is not the key’s nor the origin’s for others', async (_, bytes) => {
    const { port } = await reflecting()
    await exchange(port, bytes)
    const victim = await exchange(port, request('/page', 'Host: a.example'))
    expect([victim.status, victim.body]).toEqual([200, 'page of a.example'])
    expect((await exchange(port, request('/page', 'Host: a.example'))).body).toBe(victim.body)
  })

  test('in all its spellings is one', async () => {
    const { origin, port } = await reflecting()
    for (const host of ['A.Example', 'a.example:80', 'a.example:', 'a.example']) {
      const { body } = await exchange(port, request('/page', `Host: ${host}`))
      expect(body.toLowerCase().replace(/:(?:80)?$/, '')).toBe('page of a.example')
    }
    expect(origin.reached).toHaveLength(1)
  })
})

test('requests in a pipeline are answered in their order, each with its own', async () => {
  const origin = await strictOrigin((req) => ({ 'x-url': req.url ?? '' }))
  const wire = await Wire.open(await proxied(origin.url))
  const paths = ['/1', '/2', '/3']
  wire.send(paths.map((path) => get(path)).join(''))
  for (const path of paths) {
    expect(linesOf((await wire.next())?.fields ?? [], 'x-url')).toEqual([path])
  }
  wire.close()
})
