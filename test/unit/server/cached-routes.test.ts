import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createCache, type Cache } from '../../../src/index.js'
import type { Context, RouteCacheOption, Server } from '../../../src/server/index.js'
import { createServer } from '../../../src/server/index.js'

interface Line {
  readonly message: string
}

let cache: Cache
let app: Server
let lines: Line[]

beforeEach(() => {
  cache = createCache({ logger: false })
  lines = []
  const say = (_: object, message: string): void => void lines.push({ message })
  app = createServer({ cache, logger: { info: say, warn: say } })
})
afterEach(async () => {
  await app.close()
  await cache.close()
})

async function ask(path: string, init: RequestInit = {}, server = app): Promise<Response> {
  const response = await server.fetch(new Request(`http://example.com${path}`, init))
  // by then it has been stored as well
  await new Promise(setImmediate)
  return response
}

const isHit = (response: Response): boolean =>
  response.headers.get('cache-status')?.startsWith('strata; hit') === true

describe('a route with a policy', () => {
  test('runs its handler once', async () => {
    let runs = 0
    app.get('/posts/:id', { cache: { ttl: '1m', tags: (c) => [`post:${c.params.id}`] } }, (c) => {
      runs++
      return c.json({ id: c.params.id })
    })
    const all = await Promise.all(Array.from({ length: 50 }, () => ask('/posts/7')))
    expect(await Promise.all(all.map((answer) => answer.json()))).toEqual(
      Array.from({ length: 50 }, () => ({ id: '7' })),
    )
    expect(runs).toBe(1)
    const hit = await ask('/posts/7')
    expect(isHit(hit)).toBe(true)
    expect(hit.headers.get('content-type')).toBe('application/json')
    await cache.invalidateTags('post:7')
    expect(isHit(await ask('/posts/7'))).toBe(false)
    await cache.invalidateTags('route:/posts/:id')
    expect(isHit(await ask('/posts/7'))).toBe(false)
    await cache.invalidateTags('url:http://example.com/posts/7')
    expect(isHit(await ask('/posts/7'))).toBe(false)
  })

  test('answers a HEAD as a GET, also first', async () => {
    const methods: string[] = []
    app.get('/a', { cache: { ttl: '1m' } }, (c) => {
      methods.push(c.req.method)
      return c.text('page')
    })
    const head = await ask('/a', { method: 'HEAD' })
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(await (await ask('/a')).text()).toBe('page')
    expect(methods).toEqual(['GET'])
  })

  test('is left alone by a route that invalidates what it changes itself', async () => {
    app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text('a'))
    app.put('/a', { invalidates: false }, (c) => c.text('', 204))
    app.post('/a', (c) => c.text('', 204))
    await ask('/a')
    await ask('/a', { method: 'PUT' })
    expect(isHit(await ask('/a'))).toBe(true)
    await ask('/a', { method: 'POST' })
    expect(isHit(await ask('/a'))).toBe(false)
  })

  test('is invalidated by an unsafe request to the same URL that succeeds', async () => {
    app.get('/a', { cache: { ttl: '1m' } }, () => 'page')
    app.post('/a', (c) => c.text('', c.req.query('fail') === undefined ? 204 : 500))
    await ask('/a')
    await ask('/a?fail', { method: 'POST' })
    expect(isHit(await ask('/a'))).toBe(true)
    await ask('/%61', { method: 'POST' })
    expect(isHit(await ask('/a'))).toBe(false)
  })

  test('that fails is told to all who wait, and nothing is kept', async () => {
    let runs = 0
    app.get('/a', { cache: { ttl: '1m' } }, async () => {
      await new Promise(setImmediate)
      throw new Error(`no database ${++runs}`)
    })
    const all = await Promise.all([1, 2, 3].map(() => ask('/a')))
    expect(all.map(({ status }) => status)).toEqual([500, 500, 500])
    expect(runs).toBe(1)
    expect((await ask('/a')).status).toBe(500)
  })

  test('passes by the cache where a function of its policy fails, and says so once', async () => {
    let runs = 0
    const tags = (c: Context<'/posts/:id'>) => [`post:${decodeURIComponent(`%${c.params.id}`)}`]
    app.get('/posts/:id', { cache: { ttl: '1m', tags } }, (c) => c.text(`${c.params.id} ${++runs}`))
    for (let i = 1; i <= 3; i++) {
      const odd = await ask('/posts/zz')
      expect([odd.status, await odd.text()]).toEqual([200, `zz ${i}`])
      expect(odd.headers.get('cache-status')).toBe(
        'strata; fwd=bypass; fwd-status=200; detail=tags',
      )
    }
    expect(await (await ask('/posts/41')).text()).toBe('41 4')
    expect(isHit(await ask('/posts/41'))).toBe(true)
    expect(lines.map(({ message }) => message)).toEqual([
      '/posts/:id: tags failed (URI malformed); the request went past the cache',
    ])
  })

  test.each<[title: string, cache: unknown, message: string]>([
    ['an unknown option', { ttl: '1m', size: 1 }, 'cache.size'],
    ['no ttl', {}, 'cache.ttl'],
    ['false', false, 'cache'],
  ])('is refused with %s', (_, option, message) => {
    expect(() => app.get('/a', { cache: option as RouteCacheOption<'/a'> }, () => 'x')).toThrow(
      message,
    )
  })
})

describe('what a handler reads that is not in the key', () => {
  const readings: [title: string, read: (c: Context) => unknown, input: string][] = [
    ['a header', (c) => c.req.header('X-Forwarded-Host'), "header 'x-forwarded-host'"],
    ['the cookies as a header', (c) => c.req.header('cookie'), "header 'cookie'"],
    ['a cookie', (c) => c.req.cookie('session'), "cookie 'session'"],
    ['a parameter of the query', (c) => c.req.query('utm'), "query 'utm'"],
    ['the whole query', (c) => c.req.query(), 'all of the query'],
    ['the raw request', (c) => c.req.raw.headers.get('x'), 'the whole request (raw)'],
    ['the body', (c) => c.req.text(), 'the body'],
  ]
  test.each(readings)('keeps its answer from others: %s', async (_, read, input) => {
    let runs = 0
    app.get('/a', { cache: { ttl: '1m', key: { query: ['page'] } } }, async (c) => {
      await read(c)
      return `answer ${++runs}`
    })
    for (const expected of ['answer 1', 'answer 2'])
      expect(await (await ask('/a')).text()).toBe(expected)
    expect(lines).toEqual([
      { message: `/a is not cached: its handler reads ${input}, which is not in its key` },
    ])
  })

  test('is seen after the answer has begun as well', async () => {
    let runs = 0
    app.get('/a', { cache: { ttl: '1m' } }, (c) =>
      c.stream(
        (async function* () {
          yield Buffer.from(`${++runs} `)
          yield Buffer.from(String(c.req.header('x')))
        })(),
      ),
    )
    expect(await (await ask('/a', { headers: { x: 'own' } })).text()).toBe('1 own')
    expect(await (await ask('/a')).text()).toBe('2 undefined')
  })

  test('is no matter where it is in the key, and then seen as the key has it', async () => {
    const seen: unknown[] = []
    app.get(
      '/a',
      {
        cache: {
          ttl: '1m',
          key: {
            query: ['page'],
            headers: { 'accept-language': ['en', 'de'] },
            cookies: ['theme'],
          },
        },
      },
      (c) => {
        seen.push([c.req.query('page'), c.req.header('accept-language'), c.req.cookie('theme')])
        return 'page'
      },
    )
    const headers = { 'accept-language': 'fr, de-CH;q=0.8', cookie: 'theme=dark' }
    await ask('/a?page=2&utm=1', { headers })
    expect(
      isHit(await ask('/a?page=2', { headers: { ...headers, 'accept-language': 'de' } })),
    ).toBe(true)
    expect(seen).toEqual([['2', 'de', 'dark']])
  })

  test('is no matter to a middleware above the cache, which runs for every request', async () => {
    const users: unknown[] = []
    app.use((c, next) => {
      users.push(c.req.header('x-user'))
      c.header('x-request', String(users.length))
      return next()
    })
    app.get('/a', { cache: { ttl: '1m' } }, () => 'page')
    for (const user of ['ann', 'bob']) {
      const answer = await ask('/a', { headers: { 'x-user': user } })
      expect(answer.headers.get('x-request')).toBe(String(users.length))
    }
    expect(users).toEqual(['ann', 'bob'])
    expect(app.routes()[0]).toMatchObject({ cached: 'after-middleware' })
  })

  test('is told of by a middleware below the cache', async () => {
    app.use((c, next) => (c.req.header('x') === 'no' ? c.text('no') : next()), { cacheSafe: true })
    app.get('/a', { cache: { ttl: '1m' } }, () => 'page')
    expect(await (await ask('/a', { headers: { x: 'no' } })).text()).toBe('no')
    expect(await (await ask('/a')).text()).toBe('page')
  })
})

describe('a route that is cached by what it says of itself', () => {
  test('is kept as long as its answer says', async () => {
    let runs = 0
    app.get('/a', { cache: true }, (c) =>
      c.text(`${++runs}`, 200, { 'cache-control': 'max-age=60' }),
    )
    app.get('/b', { cache: true }, () => 'b')
    await ask('/a')
    expect(isHit(await ask('/a'))).toBe(true)
    expect(isHit(await ask('/a', { headers: { 'cache-control': 'no-cache' } }))).toBe(false)
    await ask('/b')
    expect(isHit(await ask('/b'))).toBe(false)
  })

  test('has to name in Vary what it reads', async () => {
    const fields = { 'cache-control': 'max-age=60' }
    app.get('/a', { cache: true }, (c) =>
      c.text(String(c.req.header('x')), 200, { ...fields, vary: 'x' }),
    )
    app.get('/b', { cache: true }, (c) => c.text(String(c.req.header('x')), 200, fields))
    for (const path of ['/a', '/b']) {
      for (const x of ['1', '2']) {
        await ask(path, { headers: { x } })
        const answer = await ask(path, { headers: { x } })
        expect(await answer.text()).toBe(x)
        expect(isHit(answer)).toBe(path === '/a')
      }
    }
  })
})

describe('an app of another kind behind the cache', () => {
  let seen: Request[]
  let server: Server
  beforeEach(() => {
    seen = []
    server = createServer({
      cache,
      fetch: (request) => {
        seen.push(request)
        return new Response(`${new URL(request.url).search} ${request.headers.get('accept')}`)
      },
      rules: { '/posts/*': { ttl: '1m', key: { query: ['page'], headers: ['accept'] } } },
    })
  })
  afterEach(() => server.close())

  test('sees of a request what the key has', async () => {
    const headers = { accept: 'text/html', 'x-forwarded-host': 'evil', 'user-agent': 'x' }
    const first = await ask('/posts/1?utm=1&page=2', { headers }, server)
    expect(await first.text()).toBe('?page=2 text/html')
    expect([...(seen[0]?.headers.keys() ?? [])]).toEqual(['accept', 'host'])
    expect(isHit(await ask('/posts/1?page=2', { headers: { accept: 'text/html' } }, server))).toBe(
      true,
    )
    expect(isHit(await ask('/posts/1?page=3', { headers: { accept: 'text/html' } }, server))).toBe(
      false,
    )
  })

  test('is asked past the cache by a request with cookies', async () => {
    for (let i = 0; i < 2; i++) await ask('/posts/1', { headers: { cookie: 'a=1' } }, server)
    expect(seen.map(({ headers }) => headers.get('cookie'))).toEqual(['a=1', 'a=1'])
  })

  test('is asked for everything else', async () => {
    await ask('/other', {}, server)
    await ask('/other', {}, server)
    await ask('/posts/1', { method: 'POST', body: 'x' }, server)
    expect(seen).toHaveLength(3)
  })
})

test('the signal of a handler that others wait for is not that of the first client', async () => {
  const first = new AbortController()
  let signal: AbortSignal | undefined
  let release!: () => void
  app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
    signal = c.req.signal
    await new Promise<void>((resolve) => (release = resolve))
    return 'page'
  })
  const gone = ask('/a', { signal: first.signal }).catch(() => undefined)
  const waiting = ask('/a')
  await expect.poll(() => signal).toBeDefined()
  first.abort()
  await new Promise(setImmediate)
  expect(signal?.aborted).toBe(false)
  release()
  expect(await (await waiting).text()).toBe('page')
  await gone
})
