import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import { HttpError } from '../../../src/errors.js'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'
import { gate } from '../../support/gate.js'

let cache: Cache
let app: Server

beforeEach(() => {
  cache = createCache({ logger: false })
  app = serve({})
})
afterEach(async () => {
  await app.close()
  await cache.close()
})

function serve(options: ServerOptions): Server {
  return createServer({ cache, logger: false, ...options })
}

async function ask(path: string, init: RequestInit = {}, server = app): Promise<Response> {
  const response = await server.fetch(new Request(`http://example.com${path}`, init))
  // by then it has been stored as well
  await new Promise(setImmediate)
  return response
}

async function bodyOf(path: string, init: RequestInit = {}, server = app): Promise<string> {
  return await (await ask(path, init, server)).text()
}

describe('a parameter of the query', () => {
  test('behind a second question mark is none that the key has', async () => {
    app.get('/a', { cache: { ttl: '1m', key: { query: ['page'] } } }, (c) =>
      c.text(String(c.req.query('page'))),
    )
    expect(await bodyOf('/a??page=evil')).toBe('undefined')
    expect(await bodyOf('/a')).toBe('undefined')
  })

  test('has the name in the key that a handler knows it by, broken escapes included', async () => {
    app.get('/a', { cache: { ttl: '1m', key: { query: ['100%'] } } }, (c) =>
      c.text(String(c.req.query('100%'))),
    )
    expect(await bodyOf('/a?%31%300%=evil')).toBe('evil')
    expect(await bodyOf('/a')).toBe('undefined')
  })
})

test('a handler sees the host as the key has it', async () => {
  app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text(`http://${c.req.header('host')}/`))
  app.get('/b', { cache: true }, (c) => {
    c.header('cache-control', 'max-age=60')
    return c.text(`http://${c.req.header('host')}/`)
  })
  for (const path of ['/a', '/b']) {
    const attack = { headers: { host: 'EXAMPLE.com:80' } }
    expect(await bodyOf(path, attack)).toBe('http://example.com/')
    expect(await bodyOf(path)).toBe('http://example.com/')
  }
})

test('an app of another kind sees the Authorization that its route lets pass by the cache', async () => {
  const server = serve({
    fetch: ({ headers, url }) =>
      new Response(`${headers.get('authorization')} ${new URL(url).search}`),
    rules: { '/a': { ttl: '1m', key: { query: [] } } },
  })
  const headers = { authorization: 'Bearer ann' }
  expect(await bodyOf('/a?page=2', { headers }, server)).toBe('Bearer ann ?page=2')
  expect(await bodyOf('/a?page=2', {}, server)).toBe('null ')
  expect(await bodyOf('/a?page=2', { headers }, server)).toBe('Bearer ann ?page=2')
  await server.close()
})

test.each([
  ['max-age=60', false],
  ['max-age=60, must-revalidate', false],
  ['public, max-age=60', true],
  ['s-maxage=60', true],
])('an answer made in view of Authorization, with %s, is kept: %o', async (said, isKept) => {
  app.get('/a', { cache: true }, (c) => {
    c.header('cache-control', said)
    return c.text(c.req.header('authorization') ?? 'guest')
  })
  expect(await bodyOf('/a')).toBe('guest')
  const headers = { authorization: 'Bearer ann' }
  expect(await bodyOf('/a', { headers })).toBe(isKept ? 'guest' : 'Bearer ann')
  expect(await bodyOf('/a')).toBe('guest')
})

describe('an error', () => {
  test.each([
    ['under a policy', { ttl: '1m' } as const],
    ['by its own words', true as const],
  ])('that comes of what one client sent is not told to those who wait, %s', async (_, rule) => {
    const started = gate()
    const waiting = gate()
    app.get('/a', { cache: rule }, async (c) => {
      const bad = c.req.header('x-bad')
      if (bad !== undefined) {
        started.open()
        await waiting.promise
        throw new HttpError(400, `${bad} is bad`)
      }
      return 'page'
    })
    const attack = ask('/a', { headers: { 'x-bad': 'evil' } })
    await started.promise
    const victims = [1, 2, 3].map(() => ask('/a'))
    await new Promise(setImmediate)
    waiting.open()
    expect((await attack).status).toBe(400)
    expect((await Promise.all(victims)).map(({ status }) => status)).toEqual([200, 200, 200])
  })

  test('of an app that cannot be watched is not told to those who wait', async () => {
    const started = gate()
    const waiting = gate()
    const server = serve({
      fetch: async ({ headers }) => {
        if (!headers.has('x-bad')) return new Response('page')
        started.open()
        await waiting.promise
        throw new Error('bad')
      },
      rules: { '/a': true },
    })
    const attack = ask('/a', { headers: { 'x-bad': 'evil' } }, server)
    await started.promise
    const victim = ask('/a', {}, server)
    await new Promise(setImmediate)
    waiting.open()
    expect((await attack).status).toBe(500)
    expect((await victim).status).toBe(200)
    await server.close()
  })
})

describe('others who ask at the same time', () => {
  test('wait neither for the body of a GET nor in vain', async () => {
    let runs = 0
    const started = gate()
    app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
      runs++
      started.open()
      await c.req.bytes()
      return 'page'
    })
    const body = gate<Uint8Array>()
    const attack = app.fetch(fatGet('http://example.com/a', body.promise))
    await started.promise
    expect(await bodyOf('/a')).toBe('page')
    expect(runs).toBe(2)
    body.open(Buffer.from('end'))
    expect(await (await attack).text()).toBe('page')
  })

  test.each([
    ['under a policy', { ttl: '1m' } as const, 1],
    ['by its own words', true as const, 2],
  ])('are not sent to the origin one by one by a client’s no-store, %s', async (_, rule, most) => {
    let runs = 0
    const waiting = gate()
    app.get('/a', { cache: rule }, async (c) => {
      runs++
      await waiting.promise
      c.header('cache-control', 'max-age=60')
      return 'page'
    })
    const attack = ask('/a', { headers: { 'cache-control': 'no-store' } })
    const victims = [1, 2, 3].map(() => bodyOf('/a'))
    await new Promise(setImmediate)
    waiting.open()
    await Promise.all([attack, ...victims])
    expect(runs).toBe(most)
    expect(isHit(await ask('/a'))).toBe(true)
  })
})

/** A GET with a body, which no Request may have, but a listener may meet. */
function fatGet(url: string, body: Promise<Uint8Array>): Request {
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      controller.enqueue(await body)
      controller.close()
    },
  })
  const request = new Request(url, { method: 'POST', body: stream, duplex: 'half' })
  Object.defineProperty(request, 'method', { value: 'GET' })
  return request
}

function isHit(response: Response): boolean {
  return response.headers.get('cache-status')?.startsWith('strata; hit') === true
}

test.each(['no-store', 'private', 'no-cache', 'max-age=60, No-Store', 'private="set-cookie"'])(
  'a handler narrows its policy by %s in any field that caches listen to',
  async (said) => {
    for (const name of ['Cache-Control', 'CDN-Cache-Control', 'Surrogate-Control']) {
      app.get(`/${name}`, { cache: { ttl: '1m' } }, (c) => c.text('own', 200, { [name]: said }))
      await ask(`/${name}`)
      expect(isHit(await ask(`/${name}`))).toBe(false)
    }
  },
)

describe('what a middleware above the cache sets and reads', () => {
  test('does not get into an answer that is made behind the back of its client', async () => {
    let runs = 0
    const answered = gate()
    const made = gate()
    const kept = gate()
    app.use(async (c, next) => {
      await next()
      const user = c.req.header('x-user')
      if (user === undefined) return
      c.header('x-user', user)
      answered.open()
      await kept.promise
    })
    app.get('/a', { cache: { ttl: '1m', grace: '1m' } }, async (c) => {
      if (++runs === 2) {
        await answered.promise
        made.open()
      }
      c.header('x-run', String(runs))
      return 'page'
    })
    await ask('/a')
    await cache.invalidateTags('route:/a', { soft: true })
    const ann = app.fetch(new Request('http://example.com/a', { headers: { 'x-user': 'ann' } }))
    await made.promise
    await new Promise(setImmediate)
    const stored = await ask('/a')
    kept.open()
    expect((await ann).headers.get('x-user')).toBe('ann')
    expect((await ann).headers.get('x-run')).toBe('1')
    expect(stored.headers.get('x-run')).toBe('2')
    expect(stored.headers.get('x-user')).toBe(null)
  })

  test('is no reading of the handler, whose answer still comes', async () => {
    const asked = gate()
    app.use(async (c, next) => {
      await next()
      c.header('x-agent', `${c.req.method} ${c.req.header('user-agent')}`)
      asked.open()
    })
    app.get('/a', { cache: { ttl: '1m' } }, (c) =>
      c.stream(
        (async function* () {
          await asked.promise
          yield Buffer.from('page')
        })(),
      ),
    )
    for (const agent of ['ann', 'bob']) {
      const answer = await ask('/a', { headers: { 'user-agent': agent } })
      expect(answer.headers.get('x-agent')).toBe(`GET ${agent}`)
      expect(await answer.text()).toBe('page')
      await new Promise(setImmediate)
      expect(isHit(answer)).toBe(agent === 'bob')
    }
  })
})

test.each(['max-age=31536001', 'max-age=99999999999', 'max-age=60, stale-if-error=99999999999'])(
  'an answer that says %s is kept, and given to those who wait for it',
  async (said) => {
    app.get('/a', { cache: true }, async (c) => {
      await new Promise(setImmediate)
      return c.text('page', 200, { 'cache-control': said })
    })
    const all = await Promise.all([ask('/a'), ask('/a'), ask('/a')])
    expect(all.map(({ status }) => status)).toEqual([200, 200, 200])
    expect(isHit(await ask('/a'))).toBe(true)
  },
)
