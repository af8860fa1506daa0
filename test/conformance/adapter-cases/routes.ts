import { expect } from 'vitest'
import { type Bench, counted, page, statusOf } from '../adapter-bench.js'

/** Where in an application it stands. */
export function routeCases(bench: Bench): void {
  bench.it('routers mounted at two places have two pages each', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, h.url()))
    const { ask } = await serve({
      routes: [
        { mount: '/one', path: '/page', policy: {}, handle },
        { mount: '/two', path: '/page', policy: {}, handle },
      ],
    })
    for (const mount of ['/one', '/two', '/one', '/two']) {
      expect((await ask(`${mount}/page`)).body).toContain(`${mount}/page`)
    }
    expect(runs()).toBe(2)
  })

  bench.it('routes of mounted routers are purged by their whole pattern', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask, cache } = await serve({
      routes: [{ mount: '/blog', path: '/posts/:id', policy: {}, handle }],
    })
    await ask('/blog/posts/1')
    await cache.invalidateTags('route:/blog/posts/:id')
    await ask('/blog/posts/1')
    expect(runs()).toBe(2)
  })

  bench.it('a path that no route has is 404, with a body only for GET', async (serve) => {
    const { ask } = await serve({ ...page((h) => h.send(200, 'page')), everywhere: true })
    expect((await ask('/none')).status).toBe(404)
    expect(await ask('/none', { method: 'HEAD' })).toMatchObject({ status: 404, body: '' })
  })

  bench.it('routes without a policy are left alone', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('cache-control', 'max-age=60')
      return h.send(200, h.header('x-client') ?? 'none')
    })
    const { ask } = await serve({ routes: [{ path: '/page', handle }] })
    const answer = await ask('/page', { headers: { 'x-client': 'me' } })
    expect(answer.body).toBe('me')
    expect(answer.headers['cache-status']).toBeUndefined()
    await ask('/page')
    expect(runs()).toBe(2)
  })

  bench.it('a policy within an application that is cached by fields decides', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      h.set('cache-control', 'max-age=60')
      return h.send(200, `run ${run}`)
    })
    const { ask, cache } = await serve({ ...page(handle), everywhere: true })
    for (let i = 0; i < 3; i++) expect((await ask('/page')).body).toBe('run 1')
    await cache.invalidateTags('route:/page')
    for (let i = 0; i < 3; i++) expect((await ask('/page')).body).toBe('run 2')
    const etag = String((await ask('/page')).headers.etag)
    expect((await ask('/page', { headers: { 'if-none-match': etag } })).status).toBe(304)
    expect((await ask('/page', { headers: { range: 'bytes=0-2' } })).body).toBe('run')
    expect(runs()).toBe(2)
    expect(cache.stats().memory.entries).toBe(1)
  })

  bench.it('of two caches of one kind the first decides', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      h.set('cache-control', 'max-age=60')
      return h.send(200, `run ${run}`)
    })
    const { ask } = await serve({ ...page(handle, 'fields'), everywhere: true })
    for (let i = 0; i < 3; i++) expect((await ask('/page')).body).toBe('run 1')
    expect(runs()).toBe(1)
  })

  bench.it('queries in another order are other pages, unless they are listed', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, String(h.query('a'))))
    const { ask } = await serve(page(handle))
    for (const query of ['?a=1&b=2', '?b=2&a=1', '?a=1&b=2']) await ask(`/page${query}`)
    expect(runs()).toBe(2)
    expect(statusOf(await ask('/page?b=2&a=1'))).toContain('hit')
  })
}
