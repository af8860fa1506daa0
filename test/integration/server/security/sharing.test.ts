import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, expectSame, isHit, type Plan } from '../../../support/attacked-site.js'
import { gate } from '../../../support/gate.js'
import { get, linesOf } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const TEXT = 'a page that is long enough to be compressed. '.repeat(100)

describe('codings', () => {
  const compressed: Plan = (app, cached) => {
    app.get('/a', cached({ ttl: '1m', compress: true }), (c) => c.text(TEXT))
  }

  it.each([
    'gzip',
    'br',
    'GZIP',
    'gzip;q=0',
    'identity;q=0, gzip',
    '*',
    '*;q=0',
    'gzip;q=0.5, br;q=1.0, *;q=0',
    'x-gzip',
    'deflate',
    'gzip, gzip;q=0',
    'gzip\tbr',
    ',,,',
    `${'x,'.repeat(1_000)}gzip`,
  ])('of a client that takes %j are given to no other', async (accepted) => {
    const site = await sites.open(compressed)
    const attack = get('/a', [`Accept-Encoding: ${accepted.slice(0, 4_000)}`])
    await site.survives({ attack: [attack], victim: get('/a'), hits: true, foolsNaive: false })
    await site.cache.clear()
    await site.survives({
      attack: [get('/a')],
      victim: get('/a', ['Accept-Encoding: identity']),
      hits: true,
      foolsNaive: false,
    })
    const zipped = await site.ask(get('/a', ['Accept-Encoding: gzip']))
    expect(linesOf(zipped.fields, 'content-encoding')).toEqual(['gzip'])
    expect(gunzipSync(Buffer.from(zipped.body, 'latin1')).toString()).toBe(TEXT)
    expect(linesOf(zipped.fields, 'vary')).toEqual(['accept-encoding'])
    const [etag] = linesOf((await site.ask(get('/a'))).fields, 'etag')
    expect(linesOf(zipped.fields, 'etag')).not.toEqual([etag])
  })

  it('that a handler makes itself are not kept for those who did not ask for them', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) =>
        c.req.header('accept-encoding') === 'x'
          ? c.text('coded', 200, { 'content-encoding': 'x' })
          : c.text('plain'),
      )
    })
    await site.survives({
      attack: [get('/a', ['Accept-Encoding: x'])],
      victim: get('/a'),
      hits: false,
    })
  })
})

describe('requests that are collapsed', () => {
  it.each([
    ['private', { 'cache-control': 'private, max-age=60' }],
    ['no-store', { 'cache-control': 'no-store' }],
    ['Set-Cookie', { 'cache-control': 'max-age=60', 'set-cookie': 'sid=1' }],
    ['Vary: *', { 'cache-control': 'max-age=60', vary: '*' }],
    ['no word', {}],
  ])('never share an answer with %s', async (_, fields) => {
    for (const rule of [true, { ttl: '1m' }] as const) {
      const waiting = gate()
      let runs = 0
      const site = await sites.open((app, cached) => {
        app.get('/a', cached(rule), async (c) => {
          const run = ++runs
          if (run === 1) await waiting.promise
          return c.text(`answer ${run}`, 200, fields)
        })
      })
      const asked = [1, 2, 3, 4, 5].map(() => site.ask(get('/a')))
      await expect.poll(() => site.cached.stats().running).toBe(5)
      waiting.open()
      const bodies = (await Promise.all(asked)).map(({ body }) => body)
      const isShared = rule !== true && Object.keys(fields).length === 0
      expect(new Set(bodies).size).toBe(isShared ? 1 : 5)
    }
  })

  it('of variants get each their own', async () => {
    const waiting = gate()
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), async (c) => {
        const tenant = c.req.header('x-tenant')
        await waiting.promise
        return c.text(`tenant ${tenant}`, 200, { 'cache-control': 'max-age=60', vary: 'x-tenant' })
      })
    })
    const names = ['evil', 'a', 'b', 'a', 'c']
    const asked = names.map((name) => site.ask(get('/a', [`X-Tenant: ${name}`])))
    await expect.poll(() => site.cached.stats().running).toBe(5)
    waiting.open()
    const bodies = (await Promise.all(asked)).map(({ body }) => body)
    expect(bodies).toEqual(names.map((name) => `tenant ${name}`))
  })
})

describe('parts, heads and old clients', () => {
  const page: Plan = (app, cached) => {
    app.get('/a', cached({ ttl: '1m' }), (c) => c.text('0123456789'))
    app.get('/b', cached(true), (c) => c.text('0123456789', 200, { 'cache-control': 'max-age=60' }))
    app.get('/c', cached({ ttl: '1m' }), (c) => c.stream(pieces()))
    app.get('/d', cached(true), (c) => {
      return c.req.header('range') === undefined
        ? c.text('0123456789', 200, { 'cache-control': 'max-age=60' })
        : c.text('0', 206, { 'cache-control': 'max-age=60', 'content-range': 'bytes 0-0/10' })
    })
  }

  it.each(['/a', '/b', '/c', '/d'])(
    'a Range first leaves the whole for others: %s',
    async (path) => {
      const site = await sites.open(page)
      await site.survives({
        attack: [get(path, ['Range: bytes=0-0']), get(path, ['Range: bytes=99-'])],
        victim: get(path),
        hits: true,
        foolsNaive: false,
      })
    },
  )

  it.each(['/a', '/b', '/c'])('a HEAD first leaves the whole for others: %s', async (path) => {
    const site = await sites.open(page)
    await site.survives({
      attack: [get(path, [], 'HEAD'), get(path, ['Range: bytes=0-0'], 'HEAD')],
      victim: get(path),
      hits: true,
    })
    const head = await site.ask(get(path, [], 'HEAD'))
    expectSame({ ...head, body: '' }, { ...(await site.askPlain(get(path, [], 'HEAD'))) })
  })

  it('HTTP/1.0 gets no chunks, and others do not get what it got', async () => {
    const site = await sites.open(page)
    for (const path of ['/a', '/c']) {
      const attack = `GET ${path} HTTP/1.0\r\nHost: example.com\r\n\r\n`
      const old = await site.ask(attack)
      expect(linesOf(old.fields, 'transfer-encoding')).toEqual([])
      expect(old.body).toBe('0123456789')
      await site.survives({
        attack: [attack],
        victim: get(path),
        hits: true,
        foolsNaive: false,
      })
    }
  })

  it('pipelined requests are answered in their order, each with its own', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/slow', cached({ ttl: '1m' }), async () => {
        await new Promise(setImmediate)
        return 'slow'
      })
      app.get('/fast', cached({ ttl: '1m' }), () => 'fast')
      app.get('/own', (c) => c.text(`own ${c.req.header('cookie')}`))
    })
    await site.ask(get('/fast'))
    const wire = await site.wire()
    const order = ['/slow', '/fast', '/own', '/slow', '/none', '/fast']
    wire.send(order.map((path) => get(path, [`Cookie: ${path}`])).join(''))
    const bodies: string[] = []
    for (const path of order) {
      const answer = await wire.next()
      bodies.push(path === '/none' ? String(answer?.status) : String(answer?.body))
    }
    expect(bodies).toEqual(['slow', 'fast', 'own /own', 'slow', '404', 'fast'])
    wire.close()
  })
})

describe('a purge', () => {
  const posts: Plan = (app, cached) => {
    app.get('/a', cached({ ttl: '1m', tags: () => ['posts'] }), (c) =>
      c.text(String(c.req.header('host'))),
    )
    app.post('/a', (c) => {
      c.header('location', 'http://other.example/a')
      c.header('content-location', '//third.example/a', { append: true })
      return 'changed'
    })
    app.post('/fail', (c) => c.text('no', 500, { location: '/a' }))
    app.post('/moved', (c) => c.text('', 201, { location: '/a' }))
  }
  const HOSTS = ['example.com', 'other.example', 'third.example', 'example.com:81', 'xexample.com']

  async function hits(site: Awaited<ReturnType<AttackedSites['open']>>): Promise<string[]> {
    const kept: string[] = []
    for (const host of HOSTS) {
      if (isHit(await site.ask(get('/a', [`Host: ${host}`])))) kept.push(host)
    }
    return kept
  }

  it('by URL is one of that host alone', async () => {
    const site = await sites.open(posts)
    await hits(site)
    await site.cache.invalidateTags('url:http://example.com/a')
    expect(await hits(site)).toEqual(HOSTS.slice(1))
    await site.cache.invalidateTags('url:https://example.com/a')
    await site.cache.invalidateTags('url:http://example.com/')
    await site.cache.invalidateTags('url:http://example.com')
    expect(await hits(site)).toEqual(HOSTS)
  })

  it('by an unsafe request is one of its own host, whatever its answer names', async () => {
    const site = await sites.open(posts)
    await hits(site)
    await site.ask(get('/a', ['Host: other.example', 'Content-Length: 0'], 'POST'))
    expect(await hits(site)).toEqual(HOSTS.filter((host) => host !== 'other.example'))
    await site.ask(get('/moved', ['Host: evil.example', 'Content-Length: 0'], 'POST'))
    await site.ask(get('/fail', ['Content-Length: 0'], 'POST'))
    await site.ask(get('/none', ['Content-Length: 0'], 'POST'))
    expect(await hits(site)).toEqual(HOSTS)
    await site.ask(get('/moved', ['Content-Length: 0'], 'POST'))
    expect(await hits(site)).toEqual(HOSTS.slice(1))
  })

  it('of one scheme leaves the other', async () => {
    const site = await sites.open(posts)
    const secure = async (): Promise<string> => {
      const answer = await site.cached.fetch(new Request('https://example.com/a'))
      return String(answer.headers.get('cache-status'))
    }
    await site.ask(get('/a'))
    expect(await secure()).toContain('fwd=uri-miss')
    await site.cache.invalidateTags('url:http://example.com/a')
    expect(await secure()).toContain('hit')
    await site.ask(get('/a', ['Content-Length: 0'], 'POST'))
    expect(await secure()).toContain('hit')
  })

  it('is not to be had by the method of that name', async () => {
    const site = await sites.open(posts)
    await hits(site)
    for (const method of ['PURGE', 'BAN', 'DELETE']) {
      expect((await site.ask(get('/a', [], method))).status).toBeGreaterThanOrEqual(400)
    }
    expect(await hits(site)).toEqual(HOSTS)
  })
})

async function* pieces(): AsyncGenerator<string> {
  yield '01234'
  yield '56789'
}
