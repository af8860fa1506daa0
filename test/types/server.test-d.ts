import { expectTypeOf, test } from 'vitest'
import {
  createRoutes,
  createServer,
  type Answer,
  type Context,
  type Handler,
  type Server,
} from '../../src/server/index.js'

declare const app: Server

test('params are those of the pattern', () => {
  app.get('/posts/:id/*rest', (c) => {
    expectTypeOf(c.params).toEqualTypeOf<{ readonly id: string; readonly rest: string }>()
    // @ts-expect-error no such param
    void c.params.other
  })
  app.post('/posts/:id', { bodyBytes: '2mb' }, async (c) => {
    expectTypeOf(c.params.id).toEqualTypeOf<string>()
    expectTypeOf(await c.req.json<{ a: 1 }>()).toEqualTypeOf<{ a: 1 }>()
    expectTypeOf(await c.req.json()).toBeUnknown()
  })
  app.on('PROPFIND', '/:path', (c) => c.params.path)
  const pattern: string = '/a'
  app.get(pattern, (c) => expectTypeOf(c.params).toEqualTypeOf<Readonly<Record<string, string>>>())
})

test('a handler for any pattern fits every route', () => {
  const any: Handler = (c) => c.req.path
  app.get('/a/:b', any)
  const one: Handler<'/:id'> = (c) => c.params.id
  app.get('/:id', one)
  // @ts-expect-error it needs another param
  app.get('/:other', one)
})

test('registration can be chained', () => {
  expectTypeOf(app.get('/', () => 1).use((_c, next) => next())).toEqualTypeOf<Server>()
  expectTypeOf(
    createServer({ port: 0 }).route(
      '/a',
      createRoutes().get('/', () => 1),
    ),
  ).toEqualTypeOf<Server>()
})

test('middleware', () => {
  app.use(async (c, next) => {
    expectTypeOf(c).toEqualTypeOf<Context>()
    expectTypeOf(next()).toEqualTypeOf<Promise<Answer>>()
  })
  app.use('/a', (_c, next) => next(), { cacheSafe: true })
  // @ts-expect-error no such option
  app.use(() => 1, { safe: true })
})

test('options', () => {
  createServer({ timeouts: { handler: false, idle: '1m' }, limits: { bodyBytes: '4mb' } })
  // @ts-expect-error a duration has a unit
  createServer({ timeouts: { idle: '1' } })
  // @ts-expect-error no such option
  app.get('/', { ttl: '1m' }, () => 1)
})
