import { describe, expect, it } from 'vitest'
import { createCache } from '../../../src/create-cache.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { cached, createServer, type Server, type ServerOptions } from '../../../src/server/index.js'

const cache = { ttl: '1m' } as const

function serverOf(options: ServerOptions = {}): Server {
  return createServer({ logger: false, ...options })
}

const pass = (_: unknown, next: () => Promise<unknown>): unknown => next()

describe('what is answered natively', () => {
  const cases: [title: string, routes: (app: Server) => unknown, why: string | undefined][] = [
    ['a route with a policy', (app) => app.get('/', { cache }, () => 1), undefined],
    ['a route that says itself', (app) => app.get('/', { cache: true }, () => 1), undefined],
    [
      'one behind safe middleware',
      (app) => app.use(pass, { cacheSafe: true }).get('/', { cache }, () => 1),
      undefined,
    ],
    ['one in front of middleware', (app) => app.get('/', { cache }, () => 1).use(pass), undefined],
    ['one that cached() keeps', (app) => app.use(cached(cache)).get('/', () => 1), undefined],
    ['one that is not cached', (app) => app.get('/', () => 1), 'its answers are not cached'],
    [
      'one behind middleware',
      (app) => app.use(pass).get('/', { cache }, () => 1),
      'pass of / comes before the cache',
    ],
    [
      'cached() behind middleware',
      (app) =>
        app
          .use(pass, { cacheSafe: true })
          .use(cached(cache))
          .get('/', () => 1),
      'pass of / comes before the cache',
    ],
    [
      'cached() of some paths',
      (app) => app.use('/a', cached(cache)).get('/:a', () => 1),
      'a middleware of /a comes before the cache',
    ],
    [
      'one with a user in its key',
      (app) => app.get('/', { cache: { ...cache, key: { user: () => 'a' } } }, () => 1),
      'key.user is for JavaScript to find out',
    ],
    [
      'one that is not to be',
      (app) => app.get('/', { cache: { ...cache, native: false } }, () => 1),
      'native is false',
    ],
  ]
  it.each(cases)('%s', (_, routes, why) => {
    const app = serverOf()
    routes(app)
    expect(app.routes()[0]).toMatchObject(
      why === undefined ? { native: true } : { native: false, notNative: why },
    )
  })

  it('is nothing without memory', async () => {
    const bare = createCache({ memory: false, logger: false })
    const [view] = serverOf({ cache: bare })
      .get('/', { cache }, () => 1)
      .routes()
    expect(view).toMatchObject({
      native: false,
      notNative: 'the cache has no memory (memory: false)',
    })
    await bare.close()
  })

  it('is what another app is asked for by rules', () => {
    const app = serverOf({ fetch: () => new Response(), rules: { '/a': cache, '/b': true } })
    const native = app.routes().map((view) => [view.pattern, view.native])
    expect(native).toEqual([
      ['/a', true],
      ['/b', true],
      ['/', false],
      ['/*', false],
    ])
  })

  it('is all that a server behind this one answers, if nothing comes before it', () => {
    const options = { origin: 'http://127.0.0.1:9', rules: { '/a': { ...cache, native: false } } }
    const views = serverOf(options)
      .routes()
      .filter(({ method }) => method === '*')
    expect(views.map((view) => [view.pattern, view.native])).toEqual([
      ['/a', false],
      ['/', true],
      ['/*', true],
    ])
  })
})

describe('native: true', () => {
  it('is an error where it cannot be', () => {
    const app = serverOf()
    app.get('/a', { cache: { ...cache, native: true } }, () => 1)
    app.use(pass)
    const add = (): unknown => app.get('/b', { cache: { ...cache, native: true } }, () => 1)
    expect(add).toThrow(InvalidOptionError)
    expect(add).toThrow(
      'cache.native: got true, allowed: not here: pass of / comes before the cache',
    )
    expect(app.routes()).toHaveLength(1)
  })

  it('is true, false or nothing', () => {
    const native = 1 as unknown as boolean
    expect(() => serverOf().get('/', { cache: { ...cache, native } }, () => 1)).toThrow(
      'cache.native: got 1, allowed: true, false',
    )
  })
})
