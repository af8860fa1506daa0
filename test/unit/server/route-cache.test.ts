import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import type { HttpResponse } from '../../../src/http/message.js'
import { assembleServer } from '../../../src/server/create-server.js'
import { createServer, type Middleware, type Server } from '../../../src/server/index.js'
import type { RouteCache } from '../../../src/server/route-cache.js'

/** Keeps every answer by its path, for good. */
function keeper(): RouteCache & { readonly kept: Map<string, HttpResponse> } {
  const kept = new Map<string, HttpResponse>()
  return {
    kept,
    check: (option) => {
      if (option !== true && !('ttl' in option))
        throw new InvalidOptionError('cache.ttl', option, 'a ttl')
    },
    answer: async (_route, context, run) => {
      const known = kept.get(context.req.path)
      if (known !== undefined) return known
      const { status, fields, body } = await run(context)
      const plain = { status, fields, body }
      kept.set(context.req.path, plain)
      return plain
    },
  }
}

async function bodyOf(app: Server, path: string): Promise<string> {
  return (await app.fetch(new Request(`http://x${path}`))).text()
}

describe('the place of the response cache', () => {
  it('is asked for routes with a cache option, and no others', async () => {
    let runs = 0
    const routeCache = keeper()
    const app = assembleServer({}, { routeCache })
    app.get('/kept', { cache: true }, () => `run ${++runs}`)
    app.get('/run', () => `run ${++runs}`)
    for (const path of ['/kept', '/kept', '/run', '/run']) await bodyOf(app, path)
    expect(runs).toBe(3)
    expect([...routeCache.kept.keys()]).toEqual(['/kept'])
  })

  it('stands behind the last middleware that is not cacheSafe', async () => {
    const ran: string[] = []
    const named =
      (name: string): Middleware =>
      (_c, next) => {
        ran.push(name)
        return next()
      }
    const app = assembleServer({}, { routeCache: keeper() })
    app.use(named('safe 1'), { cacheSafe: true })
    app.use(named('unsafe'))
    app.use(named('safe 2'), { cacheSafe: true })
    app.get('/', { cache: { ttl: '1m' } }, () => 'x')
    await bodyOf(app, '/')
    expect(ran.splice(0)).toEqual(['safe 1', 'unsafe', 'safe 2'])
    await bodyOf(app, '/')
    expect(ran).toEqual(['safe 1', 'unsafe'])
  })

  it('keeps nothing that middleware above it has set', async () => {
    const routeCache = keeper()
    const app = assembleServer({}, { routeCache })
    let user = 0
    app.use(async (c, next) => {
      c.header('x-user', String(++user))
      c.status(299)
      await next()
      c.header('x-after', '1')
    })
    app.use(
      async (c, next) => {
        c.header('x-inner', '1')
        await next()
      },
      { cacheSafe: true },
    )
    app.get('/', { cache: true }, () => 'x')
    for (const expected of ['1', '2']) {
      const { status, headers } = await app.fetch(new Request('http://x/'))
      const seen = ['x-user', 'x-after', 'x-inner'].map((name) => headers.get(name))
      expect([status, ...seen]).toEqual([200, expected, '1', '1'])
    }
    expect(routeCache.kept.get('/')?.fields).toEqual([
      'content-type',
      'text/plain; charset=utf-8',
      'x-inner',
      '1',
    ])
  })

  it('rejects where an error of the handler goes', async () => {
    const app = assembleServer(
      { logger: false },
      {
        routeCache: { check: () => undefined, answer: () => Promise.reject(new Error('no cache')) },
      },
    )
    app.get('/', { cache: true }, () => 'x').onError((error) => String(error))
    expect(await bodyOf(app, '/')).toBe('Error: no cache')
  })

  it('can run the handler again when the request is over', async () => {
    const seen: unknown[] = []
    let again: Promise<unknown> = Promise.resolve()
    const routeCache: RouteCache = {
      check: () => undefined,
      answer: async (_route, context, run) => {
        const answer = await run(context)
        again = Promise.resolve(run(context.detached()))
        return answer
      },
    }
    const app = assembleServer({}, { routeCache })
    app.get('/:id', { cache: true }, (c) => {
      const { params, req } = c
      seen.push([params.id, req.path, req.query('q'), req.header('x-a'), req.signal.aborted])
      c.header('x-runs', String(seen.length))
      return 'x'
    })
    const client = new AbortController()
    const init = { headers: { 'x-a': '1' }, signal: client.signal }
    const { headers } = await app.fetch(new Request('http://x/a?q=1', init))
    client.abort()
    expect(headers.get('x-runs')).toBe('1')
    expect(await again).toMatchObject({ fields: expect.arrayContaining(['x-runs', '2']) })
    expect(seen).toEqual(Array.from({ length: 2 }, () => ['a', '/a', '1', '1', false]))
  })

  it('judges the option when the route is added', () => {
    const app = assembleServer({}, { routeCache: keeper() })
    expect(() => app.get('/', { cache: { tll: '1m' } }, () => 'x')).toThrow(/cache\.ttl/)
    expect(app.routes()).toEqual([])
  })

  it('is told of by routes()', () => {
    const app = assembleServer({}, { routeCache: keeper() })
    app.get('/first', { cache: true }, () => 'x')
    app.use('/admin', function auth(_c, next) {
      return next()
    })
    app.get('/admin/a', { cache: true }, () => 'x').get('/other', { cache: true }, () => 'x')
    app.get('/none', () => 'x')
    expect(app.routes()).toEqual([
      { method: 'GET', pattern: '/first', cached: 'first' },
      {
        method: 'GET',
        pattern: '/admin/a',
        cached: 'after-middleware',
        why: 'auth of /admin is not marked cacheSafe',
      },
      { method: 'GET', pattern: '/other', cached: 'first' },
      { method: 'GET', pattern: '/none', cached: false },
    ])
  })

  it('is open for fetch-style apps: rules say what is cached', async () => {
    let runs = 0
    const routeCache = keeper()
    const fetch = () => new Response(`run ${++runs}`)
    const app = assembleServer({ fetch, rules: { '/posts/*': { ttl: '5m' } } }, { routeCache })
    for (const path of ['/posts/1', '/posts', '/']) await bodyOf(app, path)
    await app.fetch(new Request('http://x/posts/1', { method: 'POST' }))
    expect([runs, ...routeCache.kept.keys()]).toEqual([4, '/posts/1'])
  })
})

it('without a response cache, no route may ask for one', () => {
  const app = createServer()
  expect(() => app.get('/', { cache: true }, () => 'x')).toThrow(InvalidOptionError)
  const rules = { '/': true as const }
  expect(() => createServer({ fetch: () => new Response(), rules })).toThrow(InvalidOptionError)
})
