import { describe, expect, it } from 'vitest'
import { createServer, type Server } from '../../../src/server/index.js'

async function ask(app: Server, path = '/', init?: RequestInit) {
  const response = await app.fetch(new Request(`http://x${path}`, init))
  return [response.status, await response.text(), Object.fromEntries(response.headers)] as const
}

function serverOf(): Server {
  return createServer({ logger: false })
}

describe('middleware', () => {
  it('runs in the order of its registration, around the handler', async () => {
    const order: string[] = []
    const app = serverOf()
    for (const name of ['a', 'b']) {
      app.use(async (_c, next) => {
        order.push(`${name} in`)
        const answer = await next()
        order.push(`${name} out ${answer.status}`)
      })
    }
    app.get('/', (c) => {
      order.push('handler')
      return c.text('x', 201)
    })
    await ask(app)
    expect(order).toEqual(['a in', 'b in', 'handler', 'b out 201', 'a out 201'])
  })

  it('runs for routes registered after it, and for what has none', async () => {
    const app = serverOf()
    app.get('/before', () => 'before')
    app.use((c, next) => {
      c.header('x-seen', '1')
      return next()
    })
    app.get('/after', () => 'after')
    expect((await ask(app, '/before'))[2]).not.toHaveProperty('x-seen')
    for (const path of ['/after', '/none'])
      expect((await ask(app, path))[2]).toHaveProperty('x-seen')
    expect((await ask(app, '/after', { method: 'PUT' }))[0]).toBe(405)
    expect((await ask(app, '/after', { method: 'PUT' }))[2]).toHaveProperty('x-seen')
  })

  it('answers in the place of the handler when it does not call next', async () => {
    const app = serverOf()
    app.use((c) => c.text('stop', 401))
    app.get('/', () => 'never')
    expect((await ask(app)).slice(0, 2)).toEqual([401, 'stop'])
  })

  it('answers something else after the handler', async () => {
    const app = serverOf()
    app.use(async (_c, next) => {
      const { status } = await next()
      return { status }
    })
    app.get('/', (c) => c.text('x', 201))
    expect((await ask(app)).slice(0, 2)).toEqual([200, '{"status":201}'])
  })

  it('may return what next gives, or not wait for it', async () => {
    const app = serverOf()
    app.use((_c, next) => next())
    app.use((_c, next) => void next())
    app.get('/', async () => 'x')
    expect((await ask(app)).slice(0, 2)).toEqual([200, 'x'])
  })

  it('sets fields before and after: those set last count', async () => {
    const app = serverOf()
    app.use(async (c, next) => {
      c.header('x-before', 'outer')
      c.header('x-both', 'outer')
      c.header('set-cookie', 'a=1')
      await next()
      c.header('x-after', 'outer')
      c.header('content-type', 'text/x')
      c.header('set-cookie', 'c=3')
    })
    app.get('/', (c) => {
      c.header('set-cookie', 'b=2')
      return c.text('x', 200, { 'x-both': 'handler', 'x-after': 'handler' })
    })
    const [, , fields] = await ask(app)
    expect(fields).toMatchObject({
      'x-before': 'outer',
      'x-both': 'handler',
      'x-after': 'outer',
      'content-type': 'text/x',
    })
    const { headers } = await app.fetch(new Request('http://x/'))
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2', 'c=3'])
  })

  it('hears what the handler throws, and may answer it', async () => {
    const app = serverOf()
    app.use(async (c, next) => {
      try {
        await next()
      } catch (error) {
        return c.text(String(error), 418)
      }
    })
    app.get('/', () => {
      throw new Error('it failed')
    })
    expect((await ask(app)).slice(0, 2)).toEqual([418, 'Error: it failed'])
  })

  it('keeps its fields on the answer to an error', async () => {
    const app = serverOf()
    app.use((c, next) => {
      c.header('access-control-allow-origin', '*')
      return next()
    })
    app.get('/', () => Promise.reject(new Error('it failed')))
    expect(await ask(app)).toMatchObject([
      500,
      expect.any(String),
      { 'access-control-allow-origin': '*' },
    ])
  })

  it('is an error when it calls next twice, or neither answers nor calls it', async () => {
    const app = serverOf()
    app.use('/twice', async (_c, next) => {
      await next()
      await next()
    })
    app.use('/neither', () => undefined)
    app.get('/twice', () => 'x').get('/neither', () => 'x')
    const errors: string[] = []
    app.onError((error) => errors.push(String(error)))
    await ask(app, '/twice')
    await ask(app, '/neither')
    expect(errors).toEqual([
      'Error: next() was called twice',
      'Error: a middleware neither answered nor called next()',
    ])
  })
})

describe('middleware of a prefix', () => {
  const app = serverOf()
  app.use('/admin', (c) => c.text('refused', 403))
  app.use('/users/:id/files', (c) => c.text('refused', 403))
  app
    .get('/admin', () => 'x')
    .get('/admin/a', () => 'x')
    .get('/administrator', () => 'x')
  app
    .get('/:page', () => 'x')
    .get('/:page/:part', () => 'x')
    .get('/*rest', () => 'x')

  it.each([
    ['/admin', 403],
    ['/admin/', 403],
    ['/admin/a', 403],
    ['/admin/b', 403],
    ['/admin/a/b/c', 403],
    ['/%61dmin/a', 403],
    ['/administrator', 200],
    ['/Admin', 200],
    ['/a', 200],
    ['//admin', 200],
    ['/users/1/files', 403],
    ['/users/1/files/a', 403],
    ['/users//files/a', 200],
    ['/users/1/file', 200],
  ])('guards paths, whatever the pattern of the route: %s', async (path, status) => {
    expect((await ask(app, path))[0]).toBe(status)
  })
})
