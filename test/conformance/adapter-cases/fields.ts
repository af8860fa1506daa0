import { expect } from 'vitest'
import { type Bench, counted, page, statusOf } from '../adapter-bench.js'

/** What the handler says in fields, and what others have said before it. */
export function fieldCases(bench: Bench): void {
  bench.it('a cookie goes to the one it is for and is never stored', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      h.set('set-cookie', `session=${run}`)
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    for (const run of [1, 2]) {
      expect((await ask('/page')).headers['set-cookie']).toEqual([`session=${run}`])
    }
    expect(runs()).toBe(2)
  })

  bench.it('two cookies are two lines', async (serve) => {
    const { ask } = await serve(
      page((h) => {
        h.set('set-cookie', ['a=1', 'b=2'])
        return h.send(200, 'page')
      }),
    )
    expect((await ask('/page')).headers['set-cookie']).toEqual(['a=1', 'b=2'])
  })

  bench.it('stripped where a policy says so, and the rest stored', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('set-cookie', 'session=1')
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle, { setCookie: 'strip' }))
    expect((await ask('/page')).headers['set-cookie']).toEqual(['session=1'])
    expect((await ask('/page')).headers['set-cookie']).toBeUndefined()
    expect(runs()).toBe(1)
  })

  bench.it('several lines of one name stay several', async (serve) => {
    const { ask } = await serve(
      page((h) => {
        h.set('link', ['</a>; rel=preload', '</b>; rel=preload'])
        return h.send(200, 'page')
      }),
    )
    for (let i = 0; i < 2; i++) {
      const { headers } = await ask('/page')
      expect(headers['link']).toBe('</a>; rel=preload, </b>; rel=preload')
    }
  })

  bench.it('what was set before the cache belongs to its request', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('x-handler', 'yes')
      return h.send(200, 'page')
    })
    const { ask } = await serve({
      ...page(handle),
      stamp: (client) => ({ 'x-request-id': client, 'x-frame-options': 'DENY' }),
    })
    for (const client of ['a', 'b', 'c']) {
      const { headers } = await ask('/page', { headers: { 'x-client': client } })
      expect(headers['x-request-id']).toBe(client)
      expect(headers['x-frame-options']).toBe('DENY')
      expect(headers['x-handler']).toBe('yes')
    }
    expect(runs()).toBe(1)
  })

  bench.it('what the handler sets overrides it', async (serve) => {
    const { ask } = await serve({
      ...page((h) => {
        h.set('x-frame-options', 'SAMEORIGIN')
        return h.send(200, 'page')
      }),
      stamp: () => ({ 'x-frame-options': 'DENY' }),
    })
    for (let i = 0; i < 2; i++) {
      expect((await ask('/page')).headers['x-frame-options']).toBe('SAMEORIGIN')
    }
  })

  bench.it('what CORS varies by is no part of the response', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask } = await serve({
      ...page(handle),
      stamp: (client) => ({ vary: 'Origin', 'access-control-allow-origin': client }),
    })
    for (const client of ['a', 'b']) {
      const { headers } = await ask('/page', { headers: { 'x-client': client } })
      expect(headers['access-control-allow-origin']).toBe(client)
      expect(headers.vary?.toLowerCase()).toContain('origin')
    }
    expect(runs()).toBe(1)
  })

  bench.it('a private that was set before the handler counts', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask } = await serve({ ...page(handle), stamp: () => ({ 'cache-control': 'private' }) })
    for (let i = 0; i < 2; i++)
      expect((await ask('/page')).headers['cache-control']).toBe('private')
    expect(runs()).toBe(2)
  })

  bench.it('a Vary on what is not in the key is not stored', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('vary', 'x-other')
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    expect(statusOf(await ask('/page'))).toContain('vary')
    await ask('/page')
    expect(runs()).toBe(2)
  })

  bench.it('no-store is obeyed', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('cache-control', 'no-store')
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) {
      expect((await ask('/page')).headers['cache-control']).toBe('no-store')
    }
    expect(runs()).toBe(2)
  })

  bench.it('browsers are told to ask again, or for how long not to', async (serve) => {
    const { ask } = await serve({
      routes: [
        { path: '/page', policy: {}, handle: (h) => h.send(200, 'page') },
        { path: '/long', policy: { client: '1m' }, handle: (h) => h.send(200, 'page') },
      ],
    })
    for (let i = 0; i < 2; i++) {
      expect((await ask('/page')).headers['cache-control']).toBe('no-cache')
      expect((await ask('/long')).headers['cache-control']).toBe('max-age=60')
    }
  })
}
