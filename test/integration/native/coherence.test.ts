import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'
import { Hammer } from '../../support/hammer.js'
import { ask } from '../../support/http-client.js'
import { describeNative } from '../../support/native.js'

const apps: Server[] = []
let cache: Cache

beforeEach(() => {
  cache = createCache({ logger: false, jitter: 0 })
})
afterEach(async () => {
  await Promise.all(apps.splice(0).map((app) => app.close({ timeout: 0 })))
  await cache.close()
})

async function open(
  routes: (app: Server) => void,
  options: ServerOptions = {},
): Promise<{ app: Server; port: number }> {
  const app = createServer({ port: 0, native: true, logger: false, cache, ...options })
  apps.push(app)
  routes(app)
  return { app, port: (await app.listen()).port }
}

describeNative('an invalidation that is over', () => {
  let version = 0
  const value = (): number => version

  const ways: [title: string, end: () => Promise<unknown>][] = [
    ['invalidateTags', () => cache.invalidateTags('page')],
    ['a soft invalidateTags', () => cache.invalidateTags('page', { soft: true })],
    ['the tag of the route', () => cache.invalidateTags('route:/a')],
    ['clear', () => cache.clear()],
    ['delete of what the handler read', () => cache.delete('value')],
    ['set of what the handler read', () => cache.set('value', version)],
    ['expire of what the handler read', () => cache.expire('value')],
  ]
  it.each(ways)('is seen by every request after it: %s', async (title, end) => {
    version = 0
    let runs = 0
    const isRead = title.includes('handler')
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m', tags: () => ['page'] } }, async (c) => {
        runs++
        const seen = isRead ? await c.cache.get('value', value) : value()
        return c.text(String(seen))
      })
    })
    const hammer = await new Hammer(port, '/a').started()
    while (version < 200 || hammer.answers < version * 2 || app.stats().hits === 0) {
      version++
      await end()
      hammer.acknowledge(version)
      await sleep(Math.random() * 4)
    }
    const { answers, tooOld, failed } = await hammer.stop()
    expect({ tooOld, failed }).toEqual({ tooOld: 0, failed: 0 })
    expect(runs).toBeLessThan(answers)
  })
})

describeNative('a handler that is blocked', () => {
  it('holds up nobody who asks for what is kept', async () => {
    const { port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text('1'))
    })
    await ask(port, '/a')
    const hammer = await new Hammer(port, '/a', 2).started()
    hammer.blockUntilAnswered(500)
    const { failed } = await hammer.stop()
    expect(failed).toBe(0)
  })
})

describeNative('requests for what is not kept yet', () => {
  it('are one for the handler, however many come', async () => {
    let runs = 0
    const { port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
        runs++
        await sleep(50)
        return c.text('a')
      })
    })
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(port, '/a')))
    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(
      new Set(['200 a']),
    )
    expect(runs).toBe(1)
  })

  it("each get an answer of their own where it is nobody else's", async () => {
    let runs = 0
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
        const own = ++runs
        await sleep(20)
        return c.text(String(own), 200, { 'set-cookie': `id=${own}` })
      })
    })
    for (let round = 0; round < 3; round++) {
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/a')))
      expect(new Set(answers.map(({ body }) => body)).size).toBe(20)
      for (const { body, headers } of answers) expect(headers['set-cookie']).toEqual([`id=${body}`])
    }
    expect(runs).toBe(60)
    expect(app.stats().hits).toBe(0)
  })

  it("do not wait for one another when that is nobody else's", async () => {
    let expected = 1
    let running: (() => void)[] = []
    const { port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, async (c) => {
        await new Promise<void>((go) => {
          running.push(go)
          if (running.length === expected) for (const each of running) each()
        })
        return c.text('x', 200, { 'cache-control': 'private' })
      })
    })
    await ask(port, '/a')
    running = []
    expected = 20 // none of them ends before all of them run
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/a')))
    expect(answers.every(({ body }) => body === 'x')).toBe(true)
  })

  it('are tried again after a handler that failed', async () => {
    let runs = 0
    const { port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, (c) => {
        if (++runs === 1) throw new Error('once')
        return c.text('a')
      })
    })
    expect((await ask(port, '/a')).status).toBe(500)
    expect((await ask(port, '/a')).body).toBe('a')
    expect((await ask(port, '/a')).headers['cache-status']).toContain('hit')
  })
})

describeNative('a response that is stale', () => {
  it('is served at once within its grace, while one request brings a new one', async () => {
    let runs = 0
    const { port } = await open((app) => {
      app.get('/a', { cache: { ttl: '2s', grace: '1m' } }, async (c) => {
        runs++
        await sleep(100)
        return c.text(String(runs))
      })
    })
    await ask(port, '/a')
    await sleep(2_100)
    const answers = await Promise.all(Array.from({ length: 20 }, () => ask(port, '/a')))
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['1']))
    expect(answers[0]?.headers['cache-status']).toMatch(
      /^strata; hit; ttl=-1; detail=stale-while-revalidate$/,
    )
    while ((await ask(port, '/a')).body === '1') await sleep(20)
    expect((await ask(port, '/a')).body).toBe('2')
    expect(runs).toBe(2)
  })
})

describeNative('the store', () => {
  it('tells what it answered', async () => {
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m', native: true } }, (c) => c.text('a'))
    })
    for (let i = 0; i < 4; i++) await ask(port, '/a')
    await ask(port, '/a', { headers: { range: 'bytes=0-0' } })
    expect(app.stats()).toMatchObject({ requests: 5, hits: 3 })
    expect(cache.stats().reads).toMatchObject({ hit: { native: 3, memory: 1 } })
  })

  it('pushes out what does not fit, and memory lets go of it', async () => {
    let runs = 0
    const body = Buffer.alloc(100_000, 'x')
    const { port } = await open(
      (app) => {
        app.get('/:id', { cache: { ttl: '1m' } }, (c) => {
          runs++
          return c.bytes(body)
        })
      },
      { limits: { responseBytes: '1mb' } },
    )
    for (let id = 0; id < 40; id++) await ask(port, `/${id}`)
    expect(cache.stats().memory.bytes).toBeLessThan(100_000)
    for (let id = 0; id < 40; id++) expect((await ask(port, `/${id}`)).bytes.length).toBe(100_000)
    expect(runs).toBeGreaterThan(40)
  })

  it('is one for the servers of a cache', async () => {
    let runs = 0
    const routes = (app: Server): void => {
      app.get('/a', { cache: { ttl: '1m', tags: () => ['a'] } }, (c) => c.text(String(++runs)))
    }
    const headers = { host: 'example.com' }
    const servers = [await open(routes), await open(routes)]
    for (const { port } of servers) {
      await ask(port, '/a', { headers })
      await ask(port, '/a', { headers })
    }
    expect(runs).toBe(1)
    expect(servers.map(({ app }) => app.stats().hits)).toEqual([1, 1])
    await cache.invalidateTags('a')
    for (const { port } of servers) expect((await ask(port, '/a', { headers })).body).toBe('2')
  })

  it('keeps what it has when routes are added, and asks where one was replaced', async () => {
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text('a'))
      app.get('/b', { cache: { ttl: '1m', tags: () => ['b'] } }, (c) => c.text('b'))
    })
    for (const path of ['/a', '/b', '/a', '/b']) await ask(port, path)
    expect(app.stats().hits).toBe(2)
    app.get('/c', (c) => c.text('c'))
    app.get('/b', { replace: true }, (c) => c.text('new'))
    await sleep(0)
    expect((await ask(port, '/c')).body).toBe('c')
    await ask(port, '/a')
    expect(app.stats().hits).toBe(3)
    expect((await ask(port, '/b')).body).toBe('new')
  })

  it('answers nothing of a cache that is closed', async () => {
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text('a'))
    })
    await ask(port, '/a')
    await cache.close()
    expect((await ask(port, '/a')).body).toBe('a')
    expect(app.stats().hits).toBe(0)
  })

  it('is not there for a cache without memory', async () => {
    await cache.close()
    cache = createCache({ logger: false, memory: false })
    const { app, port } = await open((app) => {
      app.get('/a', { cache: { ttl: '1m' } }, (c) => c.text('a'))
    })
    await ask(port, '/a')
    expect((await ask(port, '/a')).body).toBe('a')
    expect(app.stats().hits).toBe(0)
    expect(app.routes()[0]).toMatchObject({ native: false })
  })
})

describeNative('another app behind the cache', () => {
  it('is answered for by rules', async () => {
    const { app, port } = await open(() => undefined, {
      fetch: async (request) =>
        new Response(`${new URL(request.url).pathname} ${request.headers.get('cookie')}`),
      rules: { '/a': { ttl: '1m' } },
    })
    for (let i = 0; i < 3; i++) expect((await ask(port, '/a')).body).toBe('/a null')
    expect(app.stats().hits).toBe(2)
    const cookie = { headers: { cookie: 'a=1' } }
    for (let i = 0; i < 2; i++) expect((await ask(port, '/a', cookie)).body).toBe('/a a=1')
    expect(app.stats().hits).toBe(2)
  })

  it('is answered for by what it says of itself, if it is another server', async () => {
    let runs = 0
    const origin = await open((app) => {
      app.get('/page', (c) => c.text(String(++runs), 200, { 'cache-control': 'max-age=60' }))
      app.get('/private', (c) => c.text(String(++runs), 200, { 'cache-control': 'private' }))
    })
    const { app, port } = await open(() => undefined, { origin: `http://127.0.0.1:${origin.port}` })
    for (let i = 0; i < 3; i++) expect((await ask(port, '/page')).body).toBe('1')
    expect(app.stats().hits).toBe(2)
    const reload = { headers: { 'cache-control': 'no-cache' } }
    expect((await ask(port, '/page', reload)).body).toBe('2')
    // what came with the reload is what everybody gets from now on
    for (let i = 0; i < 2; i++) expect((await ask(port, '/page')).body).toBe('2')
    expect((await ask(port, '/private')).body).not.toBe((await ask(port, '/private')).body)
  })
})
