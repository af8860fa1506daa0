import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createServer, type Server } from '../../../src/server/index.js'
import { rawAnswer, RawClient, statusesOf } from '../../support/raw-http.js'

let app: Server
let port = 0

beforeAll(async () => {
  app = createServer({ port: 0, logger: false })
  app.get('/a', (c) => c.text('A'))
  app.post('/a', async (c) => c.text(`got ${(await c.req.bytes()).byteLength}`))
  app.post('/later', async (c) => {
    await new Promise((done) => setImmediate(done))
    return c.text('later')
  })
  port = (await app.listen()).port
})

afterAll(() => app.close())

const CLOSE = 'Host: x\r\nConnection: close\r\n'
const POST = `POST /a HTTP/1.1\r\n${CLOSE}`

type Row = [title: string, message: string, statuses: readonly number[], also?: RegExp]

const rows: Row[] = [
  ['no Host', 'GET /a HTTP/1.1\r\n\r\n', [400]],
  ['no Host in HTTP/1.0', 'GET /a HTTP/1.0\r\n\r\n', [200]],
  ['two Hosts', 'GET /a HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n', [400]],
  ['an empty Host', 'GET /a HTTP/1.1\r\nHost:\r\n\r\n', [400]],
  ['a Host that is none', 'GET /a HTTP/1.1\r\nHost: a b\r\n\r\n', [400]],
  ['a Host with a path', 'GET /a HTTP/1.1\r\nHost: a/b\r\n\r\n', [400]],
  ['a Host with a user', 'GET /a HTTP/1.1\r\nHost: a@b\r\n\r\n', [400]],
  ['an absolute target', `GET http://x/a HTTP/1.1\r\n${CLOSE}\r\n`, [200]],
  ['an absolute target of another host', `GET http://y/a HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['an unknown method', `FOO /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method in lower case', `get /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method that begins as none', `XFOO /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['a method known to the parser alone', `PROPFIND /a HTTP/1.1\r\n${CLOSE}\r\n`, [501]],
  ['TRACE', `TRACE /a HTTP/1.1\r\n${CLOSE}\r\n`, [405], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['CONNECT', `CONNECT x:1 HTTP/1.1\r\n${CLOSE}\r\n`, [405], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['OPTIONS *', `OPTIONS * HTTP/1.1\r\n${CLOSE}\r\n`, [204], /^allow: GET, HEAD, OPTIONS, POST\r/m],
  ['GET *', `GET * HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['HTTP/2.0', `GET /a HTTP/2.0\r\n${CLOSE}\r\n`, [505]],
  ['HTTP/9.9', `GET /a HTTP/9.9\r\n${CLOSE}\r\n`, [505]],
  ['HTTP/0.9', 'GET /a\r\n\r\n', [505]],
  ['another protocol', `GET /a FOO/1.1\r\n${CLOSE}\r\n`, [400]],
  ['no HTTP', 'hello\r\n\r\n', [400]],
  ['TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', [400]],
  ['a fragment', `GET /a#b HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a byte that is no ASCII', `GET /\xe9 HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a broken escape', `GET /%zz HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a dot segment', `GET /%2e%2e/a HTTP/1.1\r\n${CLOSE}\r\n`, [400]],
  ['a bare LF in the request line', `GET /a HTTP/1.1\n${CLOSE}\r\n`, [400]],
  ['a bare LF in the header', 'GET /a HTTP/1.1\r\nHost: x\n\r\n', [400]],
  ['a folded line', `GET /a HTTP/1.1\r\n${CLOSE}A: b\r\n c\r\n\r\n`, [400]],
  ['a space before the colon', `GET /a HTTP/1.1\r\n${CLOSE}A : b\r\n\r\n`, [400]],
  ['a space before the name', `GET /a HTTP/1.1\r\n A: b\r\n${CLOSE}\r\n`, [400]],
  ['a NUL in a value', `GET /a HTTP/1.1\r\n${CLOSE}A: \0\r\n\r\n`, [400]],
  ['a bare CR in a value', `GET /a HTTP/1.1\r\n${CLOSE}A: b\rc: d\r\n\r\n`, [400]],
  [
    'length and coding',
    `${POST}Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['two lengths', `${POST}Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc`, [400]],
  ['one length twice', `${POST}Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc`, [400]],
  ['a length with a sign', `${POST}Content-Length: +3\r\n\r\nabc`, [400]],
  ['a length that overflows', `${POST}Content-Length: 99999999999999999999\r\n\r\nabc`, [400]],
  ['a coding that is not known', `${POST}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`, [501]],
  ['a coding behind chunked', `${POST}Transfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n`, [400]],
  ['almost chunked', `${POST}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`, [501]],
  [
    'chunked twice',
    `${POST}Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    [400],
  ],
  ['chunked in HTTP/1.0', 'POST /a HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
  ['chunks', `${POST}Transfer-Encoding: Chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`, [200], /got 3$/],
  [
    'a chunk whose size is none',
    `${POST}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  [
    'a chunk that is longer than it says',
    `${POST}Transfer-Encoding: chunked\r\n\r\n2\r\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  [
    'a bare LF behind a chunk size',
    `${POST}Transfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n`,
    [400],
  ],
  ['another expectation', `GET /a HTTP/1.1\r\n${CLOSE}Expect: more\r\n\r\n`, [417]],
  ['100 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(98)}\r\n`, [200]],
  ['101 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(99)}\r\n`, [431]],
  ['5,000 fields', `GET /a HTTP/1.1\r\n${CLOSE}${'A: b\r\n'.repeat(5_000)}\r\n`, [431]],
  ['a field of 15 KB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(15_000)}\r\n\r\n`, [200]],
  ['a field of 17 KB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(17_000)}\r\n\r\n`, [431]],
  ['a field of 1 MB', `GET /a HTTP/1.1\r\n${CLOSE}A: ${'b'.repeat(1_000_000)}\r\n\r\n`, [431]],
  ['a target of 64 KB', `GET /a?${'b'.repeat(65_533)} HTTP/1.1\r\n${CLOSE}\r\n`, [200]],
  ['a longer target', `GET /a?${'b'.repeat(65_534)} HTTP/1.1\r\n${CLOSE}\r\n`, [414]],
  ['a body longer than allowed', `${POST}Content-Length: 1048577\r\n\r\n`, [413]],
  [
    'the same, not sent yet',
    `${POST}Expect: 100-continue\r\nContent-Length: 1048577\r\n\r\n`,
    [413],
  ],
]

describe('on a connection of its own', () => {
  it.each<Row>(rows)('%s', async (_title, message, statuses, also = /^/) => {
    const client = new RawClient(port).send(message)
    // a client that is done: the server need not wait for more of the body
    await client.until(/\r\n\r\n/)
    client.socket.end()
    const answer = await client.closed()
    expect(statusesOf(answer)).toEqual(statuses)
    expect(answer).toMatch(also)
    if ((statuses[0] ?? 0) >= 400)
      expect(answer).toMatch(/^content-type: application\/problem\+json\r$/m)
    expect(answer).not.toMatch(/ at |node:|Error:/)
  })
})

describe('on one connection', () => {
  const GET = 'GET /a HTTP/1.1\r\nHost: x\r\n\r\n'

  it('answers pipelined requests in their order', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await rawAnswer(port, `${later}${GET}GET /b HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(statusesOf(answer)).toEqual([200, 200, 404])
    expect(answer.indexOf('later')).toBeLessThan(answer.indexOf('\r\n\r\nA'))
  })

  it('finds what is malformed behind what is not', async () => {
    const answer = await rawAnswer(port, `${GET}FOO /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(statusesOf(answer)).toEqual([200, 501])
  })

  it('never sends a refusal in the place of an answer that is still due', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await rawAnswer(port, `${later}FOO /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    expect(statusesOf(answer)).toEqual([])
  })

  it('looks at nothing behind a message it has refused', async () => {
    const answer = await rawAnswer(port, `GET /a HTTP/1.1\r\n\r\n${GET}`)
    expect(statusesOf(answer)).toEqual([400])
  })

  it('runs a hundred pipelined requests at once, and leaves the rest to another connection', async () => {
    const later = 'POST /later HTTP/1.1\r\nHost: x\r\n\r\n'
    const answer = await rawAnswer(port, later.repeat(150))
    expect(statusesOf(answer)).toHaveLength(100)
    expect(answer.match(/connection: close/g)).toHaveLength(1)
  })

  it('does not upgrade: it answers, and closes', async () => {
    const upgrade =
      'GET /a HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
    const answer = await rawAnswer(port, upgrade + GET)
    expect(statusesOf(answer)).toEqual([200])
    expect(answer).toMatch(/^connection: close\r$/m)
  })

  it('keeps it open after an answer that is about the route only', async () => {
    const client = new RawClient(port).send('GET /none HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.until(/404/)
    client.send(`DELETE /a HTTP/1.1\r\nHost: x\r\n\r\n`)
    await client.until(/405/)
    client.send(`GET /a HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(statusesOf(await client.closed())).toEqual([404, 405, 200])
  })

  it('counts what it refused', () => {
    expect(app.stats().refused).toBeGreaterThan(20)
    expect(app.stats().errors).toBe(0)
  })
})

it('redirects to no other host: a backslash is a slash to browsers', async () => {
  const app = createServer({ port: 0, redirectTrailingSlash: true })
  app.get('/:page', (c) => c.params.page).get('/:page/:part', () => 'x')
  const { port } = await app.listen()
  for (const path of ['//evil.example/', '/\\evil.example/', '/\\/evil.example/']) {
    const answer = await rawAnswer(port, `GET ${path} HTTP/1.1\r\n${CLOSE}\r\n`)
    expect(answer).not.toMatch(/^location:/m)
  }
  const answer = await rawAnswer(port, `GET /good/ HTTP/1.1\r\n${CLOSE}\r\n`)
  expect(answer).toMatch(/^location: \/good\r$/m)
  await app.close()
})
