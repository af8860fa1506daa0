import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createServer } from '../../../src/server/index.js'
import { Caches, freshNamespace, PATIENT } from '../../support/caches.js'
import { get, ok, Site } from '../../support/origin.js'
import { describeRedis, type RedisServer, startRedis } from '../../support/redis-server.js'

describeRedis('responses of two caches on one Redis', () => {
  const caches = new Caches()
  let server: RedisServer
  let first: Site
  let second: Site

  beforeAll(async () => {
    server = await startRedis()
  })
  afterAll(() => server.close())
  beforeEach(async () => {
    const namespace = freshNamespace()
    const opened = [1, 2].map(() =>
      caches.open({ namespace, redis: { url: server.url, ...PATIENT } }),
    )
    await Promise.all(opened.map(({ cache }) => cache.ready()))
    const sites = opened.map(({ cache }) => new Site(cache))
    first = sites[0] as Site
    second = sites[1] as Site
    for (const site of sites) {
      site.policy({ ttl: '1m', tags: () => ['pages'] })
      site.answer = () => ok('page', { 'content-type': 'text/html; charset=utf-8', x: 'é' })
    }
  })
  afterEach(() => caches.close())

  const body = Buffer.from(Array.from({ length: 256 }, (_, i) => i))

  it('are stored by one and served by the other, byte for byte', async () => {
    first.answer = () => ({ ...ok(''), fields: ['x-b', 'ÿ', 'a', '1', 'a', '2'], body })
    await first.ask(get('/a'))
    await expect
      .poll(async () => (await second.ask(get('/a'))).headers('cache-status'))
      .toContain('hit')
    const request = get('/a')
    const { rule } = second
    const answer = await second.responses.answer({
      request,
      rule,
      c: request,
      origin: second.answer,
    })
    expect(Buffer.compare(answer.body as Uint8Array, body)).toBe(0)
    expect(answer.fields.slice(0, 6)).toEqual(['x-b', 'ÿ', 'a', '1', 'a', '2'])
  })

  it('are asked for once by both', async () => {
    let asked = 0
    for (const site of [first, second]) {
      site.answer = async () => {
        asked++
        await sleep(200)
        return ok('page')
      }
    }
    const all = [first, second].flatMap((site) =>
      Array.from({ length: 50 }, () => site.ask(get('/a'))),
    )
    const answers = await Promise.all(all)
    expect(asked).toBe(1)
    expect(new Set(answers.map(({ body }) => body))).toEqual(new Set(['page']))
  })

  it('that are not for others are given to nobody else, in the other process either', async () => {
    for (const site of [first, second]) {
      site.answer = async ({ fields }) => {
        await sleep(50)
        return ok(`for ${fields[1]}`, { 'cache-control': 'private' })
      }
    }
    await Promise.all(
      [first, second].flatMap((site, s) =>
        Array.from({ length: 20 }, async (_, i) => {
          const answer = await site.ask(get('/a', { cookie: `${s}:${i}` }))
          expect(answer.body).toBe(`for ${s}:${i}`)
        }),
      ),
    )
  })

  it.each([
    ['a tag', 'pages'],
    ['their URL', 'url:http://example.com/a'],
    ['their route', 'route:/page'],
  ])('leave both when one purges %s', async (_, tag) => {
    await first.ask(get('/a'))
    await expect
      .poll(async () => (await second.ask(get('/a'))).headers('cache-status'))
      .toContain('hit')
    expect(second.asked).toHaveLength(0)
    first.answer = second.answer = () => ok('new')
    expect(await first.purge(tag)).toBe('applied')
    expect((await first.ask(get('/a'))).body).toBe('new')
    await expect.poll(async () => (await second.ask(get('/a'))).body).toBe('new')
  })

  it('that a purge in the other overtakes are not stored', async () => {
    let release!: () => void
    first.answer = async () => {
      await new Promise<void>((resolve) => (release = resolve))
      return ok('old')
    }
    const old = first.ask(get('/a'))
    await expect.poll(() => typeof release).toBe('function')
    expect(await second.purge('pages')).toBe('applied')
    release()
    expect((await old).body).toBe('old')
    first.answer = second.answer = () => ok('new')
    for (const site of [second, first]) expect((await site.ask(get('/a'))).body).toBe('new')
  })

  it('are kept in other codings for both', async () => {
    for (const site of [first, second]) {
      site.policy({ ttl: '1m', compress: true })
      site.answer = () => ok('x'.repeat(5_000), { 'content-type': 'text/plain', etag: '"e"' })
    }
    const plain = await first.ask(get('/a', { 'accept-encoding': 'br' }))
    expect(plain.headers('vary')).toBe('accept-encoding')
    const codings = async (accepted: string) => {
      const { headers } = await second.ask(get('/a', { 'accept-encoding': accepted }))
      return [headers('content-encoding'), headers('etag'), headers('vary')]
    }
    await expect.poll(() => codings('gzip, br')).toEqual(['br', '"e-br"', 'accept-encoding'])
    expect(await codings('gzip')).toEqual(['gzip', '"e-gzip"', 'accept-encoding'])
    expect(await codings('identity')).toEqual([undefined, '"e"', 'accept-encoding'])
    const request = get('/a', { 'accept-encoding': 'gzip', 'if-none-match': '"e-gzip"' })
    expect((await second.ask(request)).status).toBe(304)
    expect(second.asked).toHaveLength(0)
  })

  it('made of what another process invalidates leave the memory of this one', async () => {
    const namespace = freshNamespace()
    const open = () => caches.open({ namespace, redis: { url: server.url, ...PATIENT } }).cache
    const [own, other] = [open(), open()]
    await Promise.all([own.ready(), other.ready()])
    const app = createServer({ cache: own, logger: false })
    let version = 1
    app.get('/page', { cache: { ttl: '5m' } }, (c) =>
      c.cache.get('k', () => `v${version}`, { tags: ['t'] }),
    )
    const ask = async (): Promise<[string | null, string]> => {
      const answer = await app.fetch(new Request('http://example.com/page'))
      return [answer.headers.get('cache-status'), await answer.text()]
    }
    const isKept = () => expect.poll(async () => (await ask())[0]).toContain('strata; hit')
    for (const invalidate of [() => other.delete('k'), () => other.invalidateTags('t')]) {
      await isKept()
      version++
      expect(await invalidate()).toBe('applied')
      await expect.poll(async () => (await ask())[1]).toBe(`v${version}`)
    }
    await app.close()
  })

  describe('when Redis is gone', () => {
    it('are asked for and kept in memory for a moment', async () => {
      const lonely = await startRedis()
      const { cache } = caches.open({ namespace: freshNamespace(), redis: lonely.url })
      await cache.ready()
      await lonely.close()
      const site = new Site(cache)
      site.policy({})
      expect((await site.ask(get('/a'))).body).toBe('page')
      expect((await site.ask(get('/a'))).headers('cache-status')).toContain('hit')
    })
  })
})
