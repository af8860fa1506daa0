import { once } from 'node:events'
import {
  type ClientHttp2Session,
  connect,
  createServer,
  type OutgoingHttpHeaders,
} from 'node:http2'
import type { AddressInfo } from 'node:net'
import { fastify } from 'fastify'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { strataCache } from '../../../src/adapter/fastify.js'
import { cached as cachedByKoa } from '../../../src/adapter/koa.js'
import { cached as cachedByNode, type NodeHandler } from '../../../src/adapter/node.js'
import { urlTag } from '../../../src/http/index.js'
import { type Cache, createCache } from '../../../src/index.js'

let cache: Cache
let closers: (() => Promise<unknown>)[]

beforeEach(() => {
  cache = createCache({ logger: false })
  closers = []
})
afterEach(async () => {
  for (const close of closers.toReversed()) await close()
  await cache.close()
})

type Listener = Parameters<typeof createServer>[1]

async function listen(listener: unknown): Promise<number> {
  const server = createServer(listener as Listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise((resolve) => server.close(resolve)))
  return (server.address() as AddressInfo).port
}

interface Told {
  readonly status: unknown
  readonly field: (name: string) => unknown
  readonly body: string
}

async function client(port: number): Promise<(headers?: OutgoingHttpHeaders) => Promise<Told>> {
  const session: ClientHttp2Session = connect(`http://127.0.0.1:${port}`)
  closers.push(() => new Promise<void>((resolve) => session.close(resolve)))
  return async (headers = {}) => {
    const stream = session.request({ ':path': '/page', ':authority': 'a.example', ...headers })
    stream.end()
    const [head] = (await once(stream, 'response')) as [Record<string, unknown>]
    let body = ''
    for await (const chunk of stream.setEncoding('utf8')) body += String(chunk)
    return { status: head[':status'], field: (name) => head[name], body }
  }
}

const page: NodeHandler = (req, res) => {
  res.setHeader('content-type', 'text/plain')
  res.end(`${req.method} ${req.url} ${String(req.headers[':authority'])}`)
}

const starts: readonly [name: string, start: () => Promise<number>][] = [
  ['node:http2', () => listen(cachedByNode(cache, { ttl: '1m' }, page))],
  [
    'Koa',
    () => {
      const app = new Koa()
      app.use(cachedByKoa(cache, { ttl: '1m' }))
      app.use((ctx) => {
        ctx.body = `${ctx.method} ${ctx.url} ${String(ctx.headers[':authority'])}`
      })
      return listen(app.callback())
    },
  ],
  [
    'Fastify',
    async () => {
      const app = fastify({ http2: true })
      await app.register(strataCache, { cache })
      app.route({
        method: ['GET', 'POST'],
        url: '/page',
        config: { cache: { ttl: '1m' } },
        handler: ({ method, url, headers }) => `${method} ${url} ${String(headers[':authority'])}`,
      })
      await app.listen({ port: 0, host: '127.0.0.1' })
      closers.push(() => app.close())
      return (app.server.address() as AddressInfo).port
    },
  ],
]

describe.each(starts)('requests of HTTP/2 to %s', (_, start) => {
  test('pass by the cache, say so, and leave nothing in it', async () => {
    const ask = await client(await start())
    for (const fields of [
      {},
      { host: 'a.example' },
      { host: 'evil.example' },
      { range: 'bytes=0-0' },
    ]) {
      const answer = await ask(fields)
      expect([answer.status, answer.body]).toEqual([200, 'GET /page a.example'])
      if (fields.host !== 'evil.example') {
        expect(answer.field('cache-status')).toBe('strata; fwd=bypass; detail=http2')
      }
    }
    const head = await ask({ ':method': 'HEAD' })
    expect([head.status, head.body]).toEqual([200, ''])
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('invalidate what they change', async () => {
    const ask = await client(await start())
    const tag = urlTag({ scheme: 'http', authority: 'a.example', target: '/page' })
    await cache.set('kept', 1, { ttl: '1m', tags: [tag] })
    expect((await ask({ ':method': 'POST' })).status).toBe(200)
    await expect.poll(() => cache.peek('kept')).toBe(undefined)
  })
})
