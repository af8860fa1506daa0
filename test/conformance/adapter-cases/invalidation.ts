import { expect } from 'vitest'
import { type Bench, counted, page, statusOf } from '../adapter-bench.js'

/** By tag, URL, route and what changes a page. */
export function invalidationCases(bench: Bench): void {
  bench.it('by a tag of the policy', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `post ${h.param('id')}`))
    const policy = { tagsOf: (param: (name: string) => string) => [`post:${param('id')}`] }
    const { ask, cache } = await serve(page(handle, policy, '/posts/:id'))
    for (const id of ['1', '2']) await ask(`/posts/${id}`)
    await cache.invalidateTags('post:1')
    expect(statusOf(await ask('/posts/2'))).toContain('hit')
    expect(statusOf(await ask('/posts/1'))).toContain('miss')
    expect(runs()).toBe(3)
  })

  bench.it('by the pattern of the route', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `post ${h.param('id')}`))
    const { ask, cache } = await serve(page(handle, {}, '/posts/:id'))
    for (const id of ['1', '2']) await ask(`/posts/${id}`)
    await cache.invalidateTags('route:/posts/:id')
    for (const id of ['1', '2']) await ask(`/posts/${id}`)
    expect(runs()).toBe(4)
  })

  bench.it('by the URL, whatever its query', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask, cache, port } = await serve(page(handle))
    for (const path of ['/page?a=1', '/page?a=2']) await ask(path)
    await cache.invalidateTags(`url:http://127.0.0.1:${port}/page`)
    for (const path of ['/page?a=1', '/page?a=2']) await ask(path)
    expect(runs()).toBe(4)
  })

  bench.it('by clear(), as everything of the namespace', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask, cache } = await serve(page(handle))
    await ask('/page')
    await cache.clear()
    await ask('/page')
    expect(runs()).toBe(2)
  })

  bench.it(
    'by a POST to the same URL that succeeds, and what its Location names',
    async (serve) => {
      const { handle, runs } = counted((h) => {
        h.set('cache-control', 'max-age=60')
        return h.send(200, 'page')
      })
      const change = (h: Parameters<typeof handle>[0]): unknown => {
        h.set('location', '/other')
        return h.send(h.url().includes('fail') ? 400 : 201, 'changed')
      }
      const { ask } = await serve({
        everywhere: true,
        routes: [
          { path: '/page', handle },
          { path: '/other', handle },
          { path: '/page', method: 'post', handle: change },
        ],
      })
      for (const path of ['/page', '/other']) await ask(path)
      await ask('/page?fail', { method: 'POST' })
      for (const path of ['/page', '/other']) expect(statusOf(await ask(path))).toContain('hit')
      const changed = await ask('/page', {
        method: 'POST',
        headers: { 'content-type': 'text/plain', 'content-length': '1' },
        body: 'x',
      })
      expect(changed).toMatchObject({ status: 201, body: 'changed' })
      for (const path of ['/page', '/other']) expect(statusOf(await ask(path))).toContain('miss')
      expect(runs()).toBe(4)
    },
  )
}
