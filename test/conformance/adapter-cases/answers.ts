import { expect } from 'vitest'
import { type Bench, counted, page, statusOf, turns } from '../adapter-bench.js'

/** What a stored response is answered as, and what is stored. */
export function answerCases(bench: Bench): void {
  bench.it('a page is made once and then served from memory', async (serve) => {
    const { handle, runs } = counted((h, run) => h.send(200, `run ${run}`))
    const { ask, clock } = await serve(page(handle))
    const first = await ask('/page')
    expect(first).toMatchObject({ status: 200, body: 'run 1' })
    expect(statusOf(first)).toBe('strata; fwd=uri-miss; stored')
    clock.advance(3_000)
    const second = await ask('/page')
    expect(second).toMatchObject({ status: 200, body: 'run 1' })
    expect(statusOf(second)).toMatch(/^strata; hit; ttl=\d+$/)
    expect(second.headers.age).toBe('3')
    expect(second.headers['content-type']).toBe(first.headers['content-type'])
    expect(second.headers['content-length']).toBe('5')
    expect(runs()).toBe(1)
  })

  bench.it('a validator that matches is answered 304 without a body', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask } = await serve(page(handle))
    const { headers } = await ask('/page')
    const etag = String(headers.etag)
    for (const path of ['/page', '/page']) {
      const answer = await ask(path, { headers: { 'if-none-match': etag } })
      expect(answer).toMatchObject({ status: 304, body: '' })
      expect(answer.headers.etag).toBe(etag)
    }
    expect((await ask('/page', { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
    expect(runs()).toBe(1)
  })

  bench.it('a validator on a cold page is judged against the new one', async (serve) => {
    const { ask } = await serve(
      page((h) => {
        h.set('etag', '"v1"')
        return h.send(200, 'page')
      }),
    )
    const asking = { headers: { 'if-none-match': '"v1"' } }
    expect(await ask('/page', asking)).toMatchObject({ status: 304, body: '' })
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
  })

  bench.it('If-Modified-Since is answered 304', async (serve) => {
    const modified = 'Thu, 01 Jan 2026 00:00:00 GMT'
    const { handle, runs } = counted((h) => {
      h.set('last-modified', modified)
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle))
    await ask('/page')
    const answer = await ask('/page', { headers: { 'if-modified-since': modified } })
    expect(answer).toMatchObject({ status: 304, body: '' })
    expect(runs()).toBe(1)
  })

  bench.it('If-Match that does not hold is answered 412', async (serve) => {
    const { ask } = await serve(page((h) => h.send(200, 'page')))
    await ask('/page')
    expect((await ask('/page', { headers: { 'if-match': '"other"' } })).status).toBe(412)
  })

  bench.it('HEAD is answered from the stored page', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask } = await serve(page(handle))
    await ask('/page')
    const head = await ask('/page', { method: 'HEAD' })
    expect(head).toMatchObject({ status: 200, body: '' })
    expect(head.headers['content-length']).toBe('4')
    expect(runs()).toBe(1)
  })

  bench.it('HEAD of a cold page has no body, and what it brings is not stored', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, 'page'))
    const { ask } = await serve(page(handle))
    expect(await ask('/page', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
    expect(statusOf(await ask('/page'))).toContain('hit')
    expect(runs()).toBe(2)
  })

  bench.it('HEAD of a stale page has no body, and what it brings is not stored', async (serve) => {
    const { handle } = counted((h) => h.send(200, 'page'))
    const { ask, clock } = await serve(page(handle, { ttl: '10s', grace: '1m' }))
    await ask('/page')
    clock.advance(11_000)
    for (let i = 0; i < 3; i++) {
      expect(await ask('/page', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
      await turns()
      expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
    }
  })

  bench.it('a range is a part of the stored page, or 416', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, '0123456789'))
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) {
      const part = await ask('/page', { headers: { range: 'bytes=2-4' } })
      expect(part).toMatchObject({ status: 206, body: '234' })
      expect(part.headers['content-range']).toBe('bytes 2-4/10')
      expect(part.headers['content-length']).toBe('3')
    }
    expect((await ask('/page', { headers: { range: 'bytes=10-' } })).status).toBe(416)
    expect(runs()).toBe(1)
  })

  bench.it('a 404 is stored only where it is listed', async (serve) => {
    const { handle, runs } = counted((h) => h.send(404, 'none'))
    const { ask } = await serve({
      routes: [
        { path: '/page', policy: {}, handle },
        { path: '/listed', policy: { statuses: [200, 404] }, handle },
      ],
    })
    for (const path of ['/page', '/page']) expect((await ask(path)).status).toBe(404)
    expect(runs()).toBe(2)
    for (const path of ['/listed', '/listed'])
      expect(await ask(path)).toMatchObject({ status: 404, body: 'none' })
    expect(runs()).toBe(3)
  })

  bench.it('a 204 is stored and has no body', async (serve) => {
    const { handle, runs } = counted((h) => h.send(204))
    const { ask } = await serve(page(handle, { statuses: [204] }))
    for (let i = 0; i < 2; i++) expect(await ask('/page')).toMatchObject({ status: 204, body: '' })
    expect(runs()).toBe(1)
  })

  bench.it('a 304 that the handler makes up is passed on and not stored', async (serve) => {
    const { handle, runs } = counted((h) => h.send(304))
    const { ask } = await serve(page(handle))
    for (let i = 0; i < 2; i++) expect(await ask('/page')).toMatchObject({ status: 304, body: '' })
    expect(runs()).toBe(2)
  })

  bench.it('a redirection is stored where it is listed, with its Location', async (serve) => {
    const { handle, runs } = counted((h) => h.redirect(301, '/elsewhere'))
    // frameworks choose its text by Accept, and say so
    const { ask } = await serve(page(handle, { statuses: [301], key: { headers: ['accept'] } }))
    for (let i = 0; i < 2; i++) {
      const answer = await ask('/page')
      expect(answer.status).toBe(301)
      expect(answer.headers.location).toBe('/elsewhere')
    }
    expect(runs()).toBe(1)
  })

  bench.it('is stale within its grace and made anew behind', async (serve) => {
    const { handle, runs } = counted((h, run) => h.send(200, `run ${run}`))
    const { ask, clock } = await serve(page(handle, { ttl: '10s', grace: '1m' }))
    await ask('/page')
    clock.advance(11_000)
    const stale = await ask('/page')
    expect(stale.body).toBe('run 1')
    expect(statusOf(stale)).toContain('stale-while-revalidate')
    while ((await ask('/page')).body !== 'run 2');
    expect(runs()).toBe(2)
  })

  bench.it('by its fields: stored for as long as they say, and not without', async (serve) => {
    const { handle, runs } = counted((h, run) => {
      if (h.url().includes('fresh')) h.set('cache-control', 'max-age=10')
      return h.send(200, `run ${run}`)
    })
    const { ask, clock } = await serve(page(handle, 'fields'))
    for (let i = 0; i < 2; i++) expect((await ask('/page?fresh')).body).toBe('run 1')
    clock.advance(10_000)
    expect((await ask('/page?fresh')).body).toBe('run 2')
    await ask('/page?silent')
    await ask('/page?silent')
    expect(runs()).toBe(4)
  })

  bench.it('by its fields: a variant for each that Vary names', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('cache-control', 'max-age=60')
      h.set('vary', 'accept-language')
      return h.send(200, `in ${h.header('accept-language')}`)
    })
    const { ask } = await serve(page(handle, 'fields'))
    for (const language of ['en', 'de', 'en', 'de']) {
      const answer = await ask('/page', { headers: { 'accept-language': language } })
      expect(answer.body).toBe(`in ${language}`)
    }
    expect(runs()).toBe(2)
  })

  bench.it('by its fields: the handler answers 304 to what is stored', async (serve) => {
    const { handle, runs } = counted((h) => {
      h.set('cache-control', 'max-age=10')
      h.set('etag', '"v1"')
      return h.header('if-none-match') === '"v1"' ? h.send(304) : h.send(200, 'page')
    })
    const { ask, clock } = await serve(page(handle, 'fields'))
    await ask('/page')
    clock.advance(11_000)
    expect(await ask('/page')).toMatchObject({ status: 200, body: 'page' })
    expect(statusOf(await ask('/page'))).toContain('hit')
    expect(runs()).toBe(2)
  })
}
