import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { afterEach, describe, expect, test } from 'vitest'
import { HttpError, InvalidOptionError } from '../../../src/errors.js'
import { linesOf, valueOf } from '../../../src/http/fields.js'
import { createOrigin } from '../../../src/proxy/origin-server.js'
import { gate } from '../../support/gate.js'
import { asked, failureOf, Opened, pieces, textOf } from '../../support/forwarding.js'
import { RawOrigin } from '../../support/raw-origin.js'

const opened = new Opened()
afterEach(() => opened.close())

const OK = 'HTTP/1.1 200 OK\r\n'
const EMPTY = `${OK}Content-Length: 0\r\n\r\n`

describe('a request at the origin', () => {
  test('has method, target, Host and fields as they came, in order and repeated', async () => {
    const raw = await opened.raw(RawOrigin.says(EMPTY))
    const origin = await opened.origin(raw.url, { name: 'edge' })
    const fields = ['host', 'SHOP.example', 'x-a', '1', 'accept', '*/*', 'x-a', '2', 'x-b', '\xe9']
    await origin.forward(asked('/a%2Fb?q=1&q=2', { method: 'PROPFIND', fields }))
    expect(raw.requests[0]?.head.split('\r\n')).toEqual([
      'PROPFIND /a%2Fb?q=1&q=2 HTTP/1.1',
      'host: shop.example',
      'connection: keep-alive',
      'x-a: 1',
      'accept: */*',
      'x-a: 2',
      'x-b: \xe9',
      'x-forwarded-proto: http',
      'x-forwarded-host: shop.example',
      'forwarded: for=192.0.2.7;host=shop.example;proto=http',
      'x-forwarded-for: 192.0.2.7',
      'via: 1.1 edge',
      'content-length: 0',
    ])
  })

  test("has the Host of the origin where the client's is not preserved", async () => {
    const raw = await opened.raw(RawOrigin.says(EMPTY))
    const origin = await opened.origin(raw.url, { preserveHost: false })
    await origin.forward(asked())
    expect(raw.requests[0]?.head).toContain(`host: ${raw.url.slice(7)}\r\n`)
    expect(raw.requests[0]?.head).toContain('x-forwarded-host: shop.example\r\n')
  })

  test('has nothing that ends at this hop', async () => {
    const raw = await opened.raw(RawOrigin.says(EMPTY))
    const origin = await opened.origin(raw.url)
    const fields = [
      'connection',
      'close, X-Own',
      'x-own',
      '1',
      'te',
      'trailers',
      'keep-alive',
      'timeout=5',
      'upgrade',
      'websocket',
      'proxy-authorization',
      'Basic x',
      'expect',
      '100-continue',
      'transfer-encoding',
      'chunked',
      'trailer',
      'x-t',
      'x-kept',
      '1',
    ]
    await origin.forward(asked('/', { fields }))
    const { head = '' } = raw.requests[0] ?? {}
    const names = head
      .split('\r\n')
      .slice(1)
      .map((line) => line.split(':')[0])
    expect(names).toEqual([
      'host',
      'connection',
      'x-kept',
      'x-forwarded-proto',
      'x-forwarded-host',
      'forwarded',
      'x-forwarded-for',
      'via',
    ])
    expect(head).toContain('connection: keep-alive\r\n')
  })

  test('has its body with the length that was told, or in chunks', async () => {
    const seen: [string | undefined, string | undefined, string][] = []
    const url = await opened.http((req, res) => {
      void textOfRequest(req).then((text) => {
        seen.push([req.headers['content-length'], req.headers['transfer-encoding'], text])
        res.end()
      })
    })
    const origin = await opened.origin(url)
    const put = { method: 'PUT', fields: ['content-length', '6'] }
    await origin.forward(asked('/', { ...put, body: pieces('abc', 'def') }))
    await origin.forward(asked('/', { method: 'POST', fields: [], body: pieces('abc', 'def') }))
    await origin.forward(asked('/', { method: 'POST', fields: [], body: pieces() }))
    await origin.forward(
      asked('/', { method: 'GET', fields: ['content-length', '3'], body: pieces('abc') }),
    )
    expect(seen).toEqual([
      ['6', undefined, 'abcdef'],
      [undefined, 'chunked', 'abcdef'],
      ['0', undefined, ''],
      ['3', undefined, 'abc'],
    ])
  })

  test('fails with what its body fails with, and the origin gets no whole one', async () => {
    const begun = gate()
    const aborted = gate<Error>()
    const url = await opened.http((req) => {
      req.on('error', aborted.open).resume()
      begun.open()
    })
    const origin = await opened.origin(url)
    const gone = new HttpError(400, 'the body breaks off')
    async function* body() {
      yield Buffer.from('abc')
      await begun.promise
      throw gone
    }
    const sent = origin.forward(asked('/', { method: 'POST', fields: [], body: body() }))
    expect(await failureOf(sent)).toBe(gone)
    await aborted.promise
  })

  test('sends no more of its body than the origin takes', async () => {
    const taking = gate()
    const raw = await opened.raw(
      RawOrigin.open(({ socket }) => {
        socket.removeAllListeners('data').pause()
        void taking.promise.then(() => socket.on('data', () => {}).resume())
      }),
    )
    const origin = await opened.origin(raw.url)
    const all = 640
    let read = 0
    async function* body() {
      for (; read < all; read++) yield Buffer.alloc(65_536)
    }
    const aborter = new AbortController()
    const request = asked('/', { method: 'POST', fields: [], body: body() })
    const failing = failureOf(origin.forward(request, aborter.signal))
    await expect.poll(() => read).toBeGreaterThan(2)
    await settled(() => read)
    expect(read).toBeLessThan(all)
    taking.open()
    await expect.poll(() => read).toBe(all)
    aborter.abort()
    await failing
  })
})

describe('an answer of the origin', () => {
  test('has its fields in order, repeated, byte for byte, without what ends here', async () => {
    const fields = [
      'X-A: 1',
      'Set-Cookie: a=1',
      'X-B: \xe9',
      'Set-Cookie: b=2',
      'Connection: X-Hop, keep-alive',
      'X-Hop: 1',
      'Keep-Alive: timeout=5',
      'Date: Sun, 06 Nov 1994 08:49:37 GMT',
      'Content-Length: 2',
    ]
    const raw = await opened.raw(RawOrigin.says(`${OK}${fields.join('\r\n')}\r\n\r\nok`))
    const origin = await opened.origin(raw.url)
    const response = await origin.forward(asked())
    expect(response.status).toBe(200)
    expect(response.fields).toEqual([
      'x-a',
      '1',
      'set-cookie',
      'a=1',
      'x-b',
      '\xe9',
      'set-cookie',
      'b=2',
      'date',
      'Sun, 06 Nov 1994 08:49:37 GMT',
      'content-length',
      '2',
    ])
    expect(await textOf(response)).toBe('ok')
  })

  test('is given a Date where it has none', async () => {
    const raw = await opened.raw(RawOrigin.says(EMPTY))
    const origin = await opened.origin(raw.url)
    const { fields } = await origin.forward(asked())
    expect(Number.isNaN(Date.parse(valueOf(fields, 'date') ?? ''))).toBe(false)
  })

  test('neither follows redirects nor undoes codings nor keeps cookies', async () => {
    const url = await opened.http((req, res) => {
      expect(req.headers.cookie).toBe(undefined)
      if (req.url === '/coded') res.writeHead(200, { 'content-encoding': 'gzip' }).end('not gzip')
      else res.writeHead(302, { location: '/coded', 'set-cookie': 'a=1' }).end()
    })
    const origin = await opened.origin(url)
    const redirect = await origin.forward(asked())
    expect([redirect.status, valueOf(redirect.fields, 'location')]).toEqual([302, '/coded'])
    const coded = await origin.forward(asked('/coded'))
    expect([valueOf(coded.fields, 'content-encoding'), await textOf(coded)]).toEqual([
      'gzip',
      'not gzip',
    ])
  })

  test.each<[title: string, head: string, method: string, length: string | undefined]>([
    ['204', 'HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\n', 'GET', undefined],
    ['304', 'HTTP/1.1 304 Same\r\nContent-Length: 5\r\n\r\n', 'GET', '5'],
    ['HEAD', `${OK}Content-Length: 5\r\n\r\n`, 'HEAD', '5'],
    ['HEAD in chunks', `${OK}Transfer-Encoding: chunked\r\n\r\n`, 'HEAD', undefined],
  ])('has no body when it is of %s, whatever length it tells', async (_, head, method, length) => {
    const raw = await opened.raw(RawOrigin.says(head))
    const origin = await opened.origin(raw.url)
    for (let i = 0; i < 2; i++) {
      const response = await origin.forward(asked('/', { method }))
      expect([response.body, valueOf(response.fields, 'content-length')]).toEqual([
        undefined,
        length,
      ])
    }
  })

  test('comes while it is sent, and no faster than it is read', async () => {
    let sent = 0
    let isBlocked = false
    const url = await opened.http((_, res) => {
      const write = (): void => {
        while (sent < 400) {
          sent++
          if (!res.write(Buffer.alloc(65_536))) {
            isBlocked = true
            res.once('drain', write)
            return
          }
        }
        res.end()
      }
      write()
    })
    const origin = await opened.origin(url)
    const { body } = await origin.forward(asked())
    await expect.poll(() => isBlocked).toBe(true)
    await settled(() => sent)
    expect(sent).toBeLessThan(400)
    let bytes = 0
    for await (const chunk of body as AsyncIterable<Uint8Array>) bytes += chunk.byteLength
    expect(bytes).toBe(400 * 65_536)
  })

  test('has trailers when its body has ended, but none that mean something before it', async () => {
    const bytes = '3\r\nabc\r\n0\r\nX-Sum: 1\r\nX-Sum: 2\r\nSet-Cookie: a=1\r\nVary: *\r\n\r\n'
    const raw = await opened.raw(
      RawOrigin.says(`${OK}Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n${bytes}`),
    )
    const origin = await opened.origin(raw.url)
    const response = await origin.forward(asked())
    expect(await textOf(response)).toBe('abc')
    expect(response.trailers?.()).toEqual(['x-sum', '1', 'x-sum', '2'])
    expect(linesOf(response.fields, 'x-sum')).toEqual([])
  })

  test('is told of by answers of 1xx, in order', async () => {
    const early =
      'HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nConnection: X\r\nX: 1\r\nLink: </b>\r\n\r\n'
    const raw = await opened.raw(RawOrigin.says(`HTTP/1.1 102 Processing\r\n\r\n${early}${EMPTY}`))
    const origin = await opened.origin(raw.url)
    const told: unknown[] = []
    const onInformation = (...information: unknown[]): void => void told.push(information)
    expect((await origin.forward(asked('/', { onInformation }))).status).toBe(200)
    expect(told).toEqual([
      [102, []],
      [103, ['link', '</a>', 'link', '</b>']],
    ])
  })

  test('ends with the connection where it tells no length', async () => {
    const raw = await opened.raw(RawOrigin.says('HTTP/1.0 200 OK\r\n\r\nabc', 'close'))
    const origin = await opened.origin(raw.url)
    expect(await textOf(await origin.forward(asked()))).toBe('abc')
  })
})

describe('an answer that is none becomes a 502', () => {
  const chunked = 'Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
  test.each<[title: string, bytes: string]>([
    ['no HTTP', 'hello\r\n\r\n'],
    ['no bytes', ''],
    ['a head that is cut off', `${OK}Content-Le`],
    ['a bad name', `${OK}bad name: x\r\n\r\n`],
    ['a space before the colon', `${OK}Content-Length : 0\r\n\r\n`],
    ['NUL in a value', `${OK}X: a\0b\r\n\r\n`],
    ['a bare LF', 'HTTP/1.1 200 OK\nContent-Length: 0\n\n'],
    ['a folded line', `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
    ['status 600', 'HTTP/1.1 600 X\r\nContent-Length: 0\r\n\r\n'],
    ['status 99', 'HTTP/1.1 099 X\r\nContent-Length: 0\r\n\r\n'],
    ['two lengths', `${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
    ['two equal lengths', `${OK}Content-Length: 1\r\nContent-Length: 1\r\n\r\na`],
    ['a list of lengths', `${OK}Content-Length: 1, 1\r\n\r\na`],
    ['a negative length', `${OK}Content-Length: -1\r\n\r\na`],
    ['a length beside chunks', `${OK}Content-Length: 3\r\n${chunked}`],
    ['another coding', `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ['a coding that nobody knows', `${OK}Transfer-Encoding: x\r\n\r\nabc`],
    ['an upgrade nobody asked for', 'HTTP/1.1 101 X\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n'],
    ['1xx without end', 'HTTP/1.1 103 X\r\n\r\n'.repeat(40)],
    ['a head that is too long', `${OK}X: ${'a'.repeat(20_000)}\r\n\r\n`],
  ])('%s', async (_, bytes) => {
    const raw = await opened.raw(RawOrigin.says(bytes, 'close'))
    const origin = await opened.origin(raw.url)
    const error = await failureOf(origin.forward(asked()))
    expect(error).toBeInstanceOf(HttpError)
    expect(error).toMatchObject({ status: 502 })
    expect(raw.requests).toHaveLength(1)
  })

  test('no connection', async () => {
    const raw = await RawOrigin.says('')
    const { url } = raw
    await raw.close()
    const origin = await opened.origin(url)
    const error = await failureOf(origin.forward(asked()))
    expect(error).toMatchObject({ status: 502, cause: { code: 'ECONNREFUSED' } })
  })
})

describe('a body that is cut off fails when it is read', () => {
  test.each<[title: string, bytes: string, end: 'close' | 'reset']>([
    ['short of its length', `${OK}Content-Length: 9\r\n\r\nabc`, 'close'],
    ['without its last chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`, 'close'],
    ['within a chunk', `${OK}Transfer-Encoding: chunked\r\n\r\n9\r\nabc`, 'reset'],
    [
      'by a chunk that is none',
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n`,
      'close',
    ],
  ])('%s', async (_, bytes, end) => {
    const raw = await opened.raw(RawOrigin.says(bytes, end))
    const origin = await opened.origin(raw.url)
    const failure = await failureOf(origin.forward(asked()).then(textOf))
    expect(failure).toMatchObject({ status: 502 })
    expect(raw.requests).toHaveLength(1)
  })
})

describe('time', () => {
  test('an origin that does not answer becomes a 504', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const origin = await opened.origin(raw.url, { timeouts: { headers: 50 } })
    expect(await failureOf(origin.forward(asked()))).toMatchObject({ status: 504 })
    expect(raw.requests).toHaveLength(1)
  })

  test('a body that stops coming fails when it is read', async () => {
    const raw = await opened.raw(RawOrigin.says(`${OK}Content-Length: 9\r\n\r\nabc`))
    const origin = await opened.origin(raw.url, { timeouts: { body: 50 } })
    const failure = await failureOf(origin.forward(asked()).then(textOf))
    expect(failure).toMatchObject({ status: 504 })
  })

  test('a request that gets no connection becomes a 504, and costs the others nothing', async () => {
    const answering = gate()
    const raw = await opened.raw(
      RawOrigin.open(({ socket }) => {
        void answering.promise.then(() => socket.write(EMPTY))
      }),
    )
    const origin = await opened.origin(raw.url, { connections: 1, timeouts: { connect: 50 } })
    const first = origin.forward(asked('/1'))
    expect(await failureOf(origin.forward(asked('/2')))).toMatchObject({ status: 504 })
    answering.open()
    expect((await first).status).toBe(200)
    expect((await origin.forward(asked('/3'))).status).toBe(200)
    expect(raw.requests.map(({ head }) => head.split(' ')[1])).toEqual(['/1', '/3'])
    expect(raw.connections).toBe(1)
  })
})

describe('connections', () => {
  test('are as many as allowed; more requests wait, and too many are refused', async () => {
    const answering = gate()
    const url = await opened.http((_, res) => {
      void answering.promise.then(() => res.end('ok'))
    })
    const origin = await opened.origin(url, { connections: 2, waiting: 3 })
    const running = [origin.forward(asked()), origin.forward(asked())]
    await expect.poll(() => origin.stats().waiting).toBe(0)
    running.push(...[1, 2, 3].map(() => origin.forward(asked())))
    expect(origin.stats()).toEqual({ connections: 2, waiting: 3 })
    expect(await failureOf(origin.forward(asked()))).toMatchObject({ status: 503 })
    answering.open()
    expect((await Promise.all(running)).map(({ status }) => status)).toEqual([
      200, 200, 200, 200, 200,
    ])
  })

  test('are used again', async () => {
    const raw = await opened.raw(RawOrigin.says(EMPTY))
    const origin = await opened.origin(raw.url, { connections: 1 })
    for (let i = 0; i < 3; i++) await origin.forward(asked())
    expect(raw.connections).toBe(1)
  })

  test('that bring bytes nobody asked for are not used again', async () => {
    const raw = await opened.raw(
      RawOrigin.says(`${OK}Content-Length: 2\r\n\r\nok${OK}Content-Length: 4\r\n\r\nevil`),
    )
    const origin = await opened.origin(raw.url)
    for (let i = 0; i < 3; i++) expect(await textOf(await origin.forward(asked()))).toBe('ok')
    expect(raw.connections).toBe(3)
  })

  /** Answers the first request of each connection, and ends the connection in the face of the second. */
  const closesWhenIdle = (how: 'end' | 'resetAndDestroy') =>
    RawOrigin.open(({ socket, place }) => {
      if (place === 1) socket.write(EMPTY)
      else socket[how]()
    })

  test.each(['end', 'resetAndDestroy'] as const)(
    'that were closed while idle (%s): an idempotent request is sent once more',
    async (how) => {
      const raw = await opened.raw(closesWhenIdle(how))
      const origin = await opened.origin(raw.url, { connections: 1 })
      await origin.forward(asked('/1'))
      for (const method of ['GET', 'DELETE']) {
        const { status } = await origin.forward(asked('/2', { method }))
        expect(status).toBe(200)
      }
      expect(raw.connections).toBe(3)
      expect(raw.requests).toHaveLength(5)
    },
  )

  test.each<[title: string, more: object]>([
    ['a method that is not idempotent', { method: 'POST' }],
    ['a body that cannot be sent twice', { method: 'PUT', fields: ['content-length', '3'] }],
  ])('that were closed while idle: no second time with %s', async (_, more) => {
    const raw = await opened.raw(closesWhenIdle('end'))
    const origin = await opened.origin(raw.url, { connections: 1 })
    await origin.forward(asked('/1'))
    const body = 'fields' in more ? pieces('abc') : undefined
    const failure = await failureOf(origin.forward(asked('/2', { ...more, body })))
    expect(failure).toMatchObject({ status: 502 })
    expect(raw.connections).toBe(1)
  })

  test('that were closed within an answer: no second time', async () => {
    const raw = await opened.raw(
      RawOrigin.open(({ socket, place }) => {
        if (place === 1) socket.write(EMPTY)
        else socket.end('HTTP/1.1 2')
      }),
    )
    const origin = await opened.origin(raw.url, { connections: 1 })
    await origin.forward(asked('/1'))
    expect(await failureOf(origin.forward(asked('/2')))).toMatchObject({ status: 502 })
    expect(raw.requests).toHaveLength(2)
  })

  test('that were never of use: no second time', async () => {
    const raw = await opened.raw(RawOrigin.says('', 'close'))
    const origin = await opened.origin(raw.url)
    expect(await failureOf(origin.forward(asked()))).toMatchObject({ status: 502 })
    expect(raw.requests).toHaveLength(1)
  })
})

describe('who does not want an answer any more', () => {
  test('ends the request at the origin, before the head', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const origin = await opened.origin(raw.url)
    const aborter = new AbortController()
    const failing = failureOf(origin.forward(asked(), aborter.signal))
    await expect.poll(() => raw.requests.length).toBe(1)
    const closed = once(raw.requests[0]!.socket, 'close')
    const reason = new Error('gone')
    aborter.abort(reason)
    expect(await failing).toBe(reason)
    await closed
  })

  test('ends the request at the origin, within the body', async () => {
    const raw = await opened.raw(RawOrigin.says(`${OK}Content-Length: 9\r\n\r\nabc`))
    const origin = await opened.origin(raw.url)
    const aborter = new AbortController()
    const response = await origin.forward(asked(), aborter.signal)
    const closed = once(raw.requests[0]!.socket, 'close')
    const reason = new Error('gone')
    const reading = failureOf(textOf(response))
    aborter.abort(reason)
    expect(await reading).toBe(reason)
    await closed
  })

  test('leaves the body, and the origin sends no more of it', async () => {
    const raw = await opened.raw(RawOrigin.says(`${OK}Content-Length: 9\r\n\r\nabc`))
    const origin = await opened.origin(raw.url)
    const { body } = await origin.forward(asked())
    const closed = once(raw.requests[0]!.socket, 'close')
    for await (const chunk of body as AsyncIterable<Uint8Array>) {
      expect(Buffer.from(chunk).toString()).toBe('abc')
      break
    }
    await closed
  })
})

describe('close', () => {
  test('lets a request be answered that runs, and takes no other', async () => {
    const answering = gate()
    const url = await opened.http((_, res) => {
      void answering.promise.then(() => res.end('ok'))
    })
    const origin = await createOrigin(url)
    const running = origin.forward(asked())
    await expect.poll(() => origin.stats().waiting).toBe(0)
    const closing = origin.close()
    expect(await failureOf(origin.forward(asked()))).toMatchObject({ status: 503 })
    const closingToo = origin.close()
    answering.open()
    expect((await running).status).toBe(200)
    await Promise.all([closing, closingToo])
    await origin.close()
  })

  test('cuts off what does not end in time', async () => {
    const raw = await opened.raw(RawOrigin.open(() => {}))
    const origin = await createOrigin(raw.url)
    const failing = failureOf(origin.forward(asked()))
    await expect.poll(() => raw.requests.length).toBe(1)
    await origin.close(0)
    expect(await failing).toMatchObject({ status: 503 })
  })
})

test('an origin that is none is refused by name', async () => {
  const error = await failureOf(createOrigin('127.0.0.1:8080'))
  expect(error).toBeInstanceOf(InvalidOptionError)
  expect(error).toMatchObject({ option: 'origin', value: '127.0.0.1:8080' })
})

async function textOfRequest(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  return text
}

/** Until a number has stayed the same for a while: a slow machine can only make this true too early. */
async function settled(count: () => number): Promise<void> {
  let before = -1
  await expect.poll(() => before === (before = count()), { interval: 100 }).toBe(true)
}
