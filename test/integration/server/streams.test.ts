import { once } from 'node:events'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { piecesOf } from '../../../src/server/body-source.js'
import { httpRule } from '../../../src/http/route-policy.js'
import type { CacheLayer } from '../../../src/server/route-cache.js'
import { createServer, type ServerOptions } from '../../../src/server/index.js'
import { Server } from '../../../src/server/server.js'
import { parseServerSettings } from '../../../src/server/settings.js'
import { gate } from '../../support/gate.js'
import { RawClient, statusesOf } from '../../support/raw-http.js'

let app: Server
const said: object[] = []
const logger = { info: () => undefined, warn: (details: object) => void said.push(details) }

async function open(options: ServerOptions, routes: (app: Server) => void): Promise<number> {
  app = createServer({ port: 0, logger, ...options })
  routes(app)
  return (await app.listen()).port
}

function request(path: string, fields = ''): string {
  return `GET ${path} HTTP/1.1\r\nHost: x\r\n${fields}\r\n`
}

afterEach(async () => {
  said.length = 0
  await app.close({ timeout: 0 })
})

describe('a body that comes piece by piece', () => {
  it('is sent as it comes, the head before the first piece', async () => {
    const first = gate()
    const second = gate()
    const port = await open({}, (app) =>
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            await first.promise
            yield 'one'
            await second.promise
            yield 'two'
          })(),
        ),
      ),
    )
    const client = new RawClient(port).send(request('/', 'Connection: close\r\n'))
    expect(await client.until(/\r\n\r\n/)).not.toContain('one')
    first.open()
    expect(await client.until(/one/)).not.toContain('two')
    second.open()
    expect(await client.closed()).toMatch(/3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n$/)
  })

  it('waits for a client that takes nothing', async () => {
    const started = gate()
    let made = 0
    const port = await open({}, (app) =>
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            started.open()
            for (; made < 400; made++) yield new Uint8Array(65_536)
          })(),
        ),
      ),
    )
    const socket = connect(port, '127.0.0.1').pause()
    socket.write(request('/', 'Connection: close\r\n'))
    await started.promise
    // what the kernel and both ends buffer is some megabytes, not 25
    let last = -1
    while (last !== made) {
      last = made
      await new Promise((done) => setTimeout(done, 100))
    }
    expect(made).toBeLessThan(300)
    socket.resume()
    await once(socket, 'close')
    expect(made).toBe(400)
  })

  it('tells its source when the client goes away', async () => {
    const cancelled = gate()
    const returned = gate()
    const aborted = gate()
    const port = await open({}, (app) => {
      app.get(
        '/web',
        () =>
          new ReadableStream({ pull: () => new Promise(() => {}), cancel: () => cancelled.open() }),
      )
      app.get('/generator', (c) => {
        c.req.signal.addEventListener('abort', () => aborted.open())
        return c.stream(
          (async function* () {
            try {
              for (;;) {
                yield 'x'
                await new Promise((done) => setImmediate(done))
              }
            } finally {
              returned.open()
            }
          })(),
        )
      })
    })
    for (const path of ['/web', '/generator']) {
      const client = new RawClient(port).send(request(path))
      await client.until(/\r\n\r\n/)
      client.end()
    }
    await Promise.all([cancelled.promise, returned.promise, aborted.promise])
    expect(app.stats().errors).toBe(0)
  })

  it('is 500 when it fails before its first piece, and cut off when it fails later', async () => {
    const port = await open({}, (app) => {
      app.get('/early', (c) => c.stream(failing([])))
      app.get('/late', (c) => c.stream(failing(['part'])))
      app.get('/type', (c) => c.stream(failing([5 as never])))
    })
    const answer = async (path: string) => new RawClient(port).send(request(path)).closed()
    expect(statusesOf(await answer('/early'))).toEqual([500])
    const late = await answer('/late')
    expect(late).toContain('part')
    expect(late).not.toMatch(/0\r\n\r\n$/)
    expect(statusesOf(await answer('/type'))).toEqual([500])
    expect(said).toHaveLength(3)
  })

  it('keeps to the length it was told, or is cut off', async () => {
    const port = await open({}, (app) => {
      app.get('/right', () => response('abc', '3'))
      app.get('/short', () => response('ab', '3'))
      app.get('/long', () => response('abcd', '3'))
    })
    const answer = async (path: string) => {
      const client = new RawClient(port).send(request(path, 'Connection: close\r\n'))
      return client.closed()
    }
    expect(await answer('/right')).toMatch(/content-length: 3[^]*\r\n\r\nabc$/)
    expect(await answer('/short')).not.toMatch(/0\r\n\r\n$/)
    expect(await answer('/long')).not.toContain('abcd')
    expect(said).toHaveLength(2)
  })

  it('is over for a source that has more than it was to have', async () => {
    const over = gate()
    const port = await open({}, (app) =>
      app.get('/', (c) => {
        const source = (async function* () {
          try {
            for (;;) yield 'ab'
          } finally {
            over.open()
          }
        })()
        return c.stream(source, 200, { 'content-length': '3' })
      }),
    )
    const client = new RawClient(port).send(request('/'))
    await over.promise
    client.end()
  })

  it('sends events', async () => {
    const port = await open({}, (app) =>
      app.get('/', (c) =>
        c.events(
          (async function* () {
            yield 'a\nb'
            yield { event: 'post', id: '1', retry: 500, data: { a: 1 } }
          })(),
          { 'x-a': '1' },
        ),
      ),
    )
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache',
      'x-a': '1',
    })
    expect(await response.text()).toBe(
      'data: a\ndata: b\n\nevent: post\nid: 1\nretry: 500\ndata: {"a":1}\n\n',
    )
  })
})

describe('an answer that cannot be sent', () => {
  it('is 500, whole or piece by piece', async () => {
    const fields = ['x-a', 'a\r\nset-cookie: b']
    const answer: CacheLayer = async ({ req }) => {
      if (req.path === '/whole') return { status: 200, fields, body: Buffer.from('a') }
      if (req.path === '/status') return { status: 100, fields: [], body: undefined }
      const body = req.path === '/pieces' ? failing(['a']) : late()
      return { status: 200, fields, body: piecesOf(body) }
    }
    app = new Server(parseServerSettings({ port: 0, logger }), {
      layer: () => answer,
      ruleOf: () => httpRule('/'),
      invalidateAfter: async () => undefined,
    })
    const port = (await app.get('/:kind', { cache: true }, () => 1).listen()).port
    for (const path of ['/whole', '/status', '/pieces', '/late']) {
      const client = new RawClient(port).send(request(path, 'Connection: close\r\n'))
      const answer = await client.closed()
      expect([path, ...statusesOf(answer)]).toEqual([path, 500])
      expect(answer).not.toContain('set-cookie')
    }
    expect(said).toHaveLength(4)
  })

  it('is 500 when its stream is in use already', async () => {
    const locked = new Response('a').body
    locked?.getReader()
    const port = await open({}, (app) => app.get('/', () => locked))
    for (const method of ['GET', 'HEAD']) {
      const response = await fetch(`http://127.0.0.1:${port}/`, { method })
      expect(response.status).toBe(method === 'GET' ? 500 : 200)
    }
  })
})

describe('slow clients', () => {
  it('are cut off when they take nothing of an answer: one that is whole', async () => {
    const port = await open({ timeouts: { write: 100 } }, (app) =>
      app.get('/', () => new Uint8Array(20_000_000)),
    )
    await cutOff(port)
  })

  it('are cut off when they take nothing of an answer: one that comes', async () => {
    const port = await open({ timeouts: { write: 100 } }, (app) =>
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            for (;;) yield new Uint8Array(65_536)
          })(),
        ),
      ),
    )
    await cutOff(port)
  })

  it('are told 408 when a head does not end', async () => {
    const port = await open({ timeouts: { header: 100, request: 100 } }, (app) =>
      app.get('/', () => 'a'),
    )
    const answer = await new RawClient(port).send('GET / HTTP/1.1\r\nHost: x\r\n').closed()
    expect(statusesOf(answer)).toEqual([408])
  })

  it('are told 408 when a body that is read does not come', async () => {
    const port = await open({ timeouts: { body: 100 } }, (app) => {
      app.post('/bytes', async (c) => c.req.text())
      app.post('/raw', async (c) => c.req.raw.text())
    })
    for (const path of ['/bytes', '/raw']) {
      const client = new RawClient(port)
      client.send(`POST ${path} HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab`)
      expect(statusesOf(await client.until(/408/))).toEqual([408])
      client.end()
    }
    expect(said).toEqual([])
  })

  it('lose an idle connection', async () => {
    const port = await open({ timeouts: { idle: 50 } }, (app) => app.get('/', () => 'a'))
    const answer = await new RawClient(port).send(request('/')).closed()
    expect(statusesOf(answer)).toEqual([200])
  })

  async function cutOff(port: number): Promise<void> {
    const client = new RawClient(port).send(request('/'))
    await client.until(/\r\n\r\n/)
    client.socket.pause()
    while (app.stats().connections > 0) await new Promise((done) => setTimeout(done, 20))
    client.end()
  }
})

describe('a body that is sent', () => {
  const POST = 'POST /read HTTP/1.1\r\nHost: x\r\n'

  async function openReader(): Promise<number> {
    return open({}, (app) => {
      app.post('/read', async (c) => `got ${(await c.req.bytes()).byteLength}`)
      app.post('/unread', () => 'unread')
    })
  }

  it('is asked for with 100 when somebody reads it', async () => {
    const client = new RawClient(await openReader())
    client.send(`${POST}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`)
    await client.until(/100 Continue\r\n\r\n/)
    client.send('abc')
    expect(await client.until(/got 3/)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK/)
    client.end()
  })

  it('is not asked for when nobody does, and the connection ends', async () => {
    const client = new RawClient(await openReader())
    client.send(
      'POST /unread HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n',
    )
    const answer = await client.until(/unread/)
    client.socket.end()
    expect(answer).not.toContain('100 Continue')
    expect(answer).toMatch(/^connection: close\r$/m)
    await client.closed()
  })

  it('is thrown away when it is short and nobody reads it: the connection stays', async () => {
    const client = new RawClient(await openReader())
    client.send('POST /unread HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n')
    await client.until(/unread/)
    client.send(`abc${POST}Content-Length: 1\r\nConnection: close\r\n\r\na`)
    expect(statusesOf(await client.closed())).toEqual([200, 200])
  })

  it('lets the client read its answer although it was sending more', async () => {
    const port = await openReader()
    for (const framing of ['Content-Length: 50000000', 'Transfer-Encoding: chunked']) {
      const client = new RawClient(port).send(`${POST}${framing}\r\n\r\n`)
      if (framing.startsWith('T')) client.send(`${(2_000_000).toString(16)}\r\n`)
      client.send('a'.repeat(1_500_000))
      expect(statusesOf(await client.closed())).toEqual([413])
    }
  })

  it('that breaks off rejects what reads it, and reports nothing', async () => {
    const failed = gate<unknown>()
    const port = await open({}, (app) =>
      app.post('/read', (c) =>
        c.req.bytes().catch((error: unknown) => {
          failed.open(error)
          throw error
        }),
      ),
    )
    const client = new RawClient(port).send(`${POST}Content-Length: 5\r\n\r\nab`)
    while (app.stats().running === 0) await new Promise((done) => setImmediate(done))
    client.end()
    expect(await failed.promise).toMatchObject({ code: 'STRATA_HTTP', status: 400 })
    expect(said).toEqual([])
  })
})

describe('handlers', () => {
  it('are given up after a time: 504, their signal aborts, what they return later is thrown away', async () => {
    const aborted = gate<unknown>()
    const late = gate()
    const cancelled = gate()
    const port = await open({ timeouts: { handler: 20 } }, (app) => {
      app.get('/', async (c) => {
        c.req.signal.addEventListener('abort', () => aborted.open(c.req.signal.reason))
        await late.promise
        return new ReadableStream({ cancel: () => cancelled.open() })
      })
      app.get('/never', { timeout: false }, async () => {
        await late.promise
        return 'in the end'
      })
    })
    const never = fetch(`http://127.0.0.1:${port}/never`)
    const response = await fetch(`http://127.0.0.1:${port}/`)
    expect(response.status).toBe(504)
    expect(await aborted.promise).toMatchObject({ name: 'TimeoutError' })
    const other = await app.fetch(new Request('http://x/'))
    expect(other.status).toBe(504)
    late.open()
    await cancelled.promise
    expect(await (await never).text()).toBe('in the end')
    expect(app.stats()).toMatchObject({ timeouts: 2, running: 0, errors: 0 })
  })

  it('hear of a client that goes away', async () => {
    const started = gate()
    const aborted = gate<unknown>()
    const port = await open({}, (app) =>
      app.get('/', async (c) => {
        const { signal } = c.req
        started.open()
        await once(signal, 'abort')
        aborted.open(signal.reason)
        throw signal.reason
      }),
    )
    const client = new RawClient(port).send(request('/'))
    await started.promise
    client.end()
    expect(await aborted.promise).toMatchObject({ name: 'AbortError' })
    while (app.stats().running > 0) await new Promise((done) => setImmediate(done))
    expect(app.stats()).toMatchObject({ aborted: 1, errors: 0 })
    expect(said).toEqual([])
  })
})

async function* late(): AsyncIterable<string> {
  await new Promise((done) => setTimeout(done, 20))
  yield 'a'
}

async function* failing(pieces: readonly string[]): AsyncIterable<string> {
  yield* pieces
  throw new Error('it failed')
}

/** A Response of a body that comes, with a length that may be wrong. */
function response(text: string, length: string): Response {
  const body = new Blob([text]).stream()
  return new Response(body, { headers: { 'content-length': length } })
}
