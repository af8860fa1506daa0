import { expect } from 'vitest'
import { exchange } from '../../support/http-client.js'
import { type Bench, counted, page, statusOf } from '../adapter-bench.js'

/** Only what the key names may get into a response that others are given. */
export function inputCases(bench: Bench): void {
  bench.it('no field that is not in the key', async (serve) => {
    const { ask } = await serve(
      page((h) => h.send(200, `${h.header('x-evil')} ${h.header('user-agent')} ${h.everything()}`)),
    )
    const headers = { 'x-evil': 'poison', 'user-agent': 'poison', 'x-forwarded-host': 'poison' }
    const answer = await ask('/page', { headers })
    expect(answer.status).toBe(200)
    expect(answer.body).not.toContain('poison')
    expect((await ask('/page')).body).toBe(answer.body)
  })

  bench.it('a field of the key as it is', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `for ${h.header('x-tenant')}`))
    const { ask } = await serve(page(handle, { key: { headers: ['x-tenant'] } }))
    for (const tenant of ['a', 'b', 'a']) {
      const answer = await ask('/page', { headers: { 'x-tenant': tenant } })
      expect(answer.body).toBe(`for ${tenant}`)
      expect(answer.headers.vary?.toLowerCase()).toContain('x-tenant')
    }
    expect((await ask('/page')).body).toBe('for undefined')
    expect(runs()).toBe(3)
  })

  bench.it('a field of the key reduced to the values it lists', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `in ${h.header('accept-language')}`))
    const policy = { key: { headers: { 'accept-language': ['en', 'de'] } } }
    const { ask } = await serve(page(handle, policy))
    for (const [wish, got] of [
      ['de-AT, en;q=0.5', 'de'],
      ['fr, de;q=0.3', 'de'],
      ['en-GB', 'en'],
    ]) {
      const answer = await ask('/page', { headers: { 'accept-language': wish as string } })
      expect(answer.body).toBe(`in ${got}`)
    }
    expect(runs()).toBe(2)
  })

  bench.it('the parameters of the list and no others', async (serve) => {
    const { handle, runs } = counted((h) =>
      h.send(200, JSON.stringify([h.query('page'), h.query('utm'), h.query('q'), h.url()])),
    )
    const { ask } = await serve(page(handle, { key: { query: ['page', 'q'] } }))
    const first = await ask('/page?utm=poison&page=2&q=a%20b')
    expect((JSON.parse(first.body) as unknown[]).slice(0, 3)).toEqual(['2', null, 'a b'])
    expect(first.body).not.toContain('poison')
    expect((await ask('/page?page=2&utm=x&q=a%20b')).body).toBe(first.body)
    expect((await ask('/page?page=3&q=a%20b')).body).not.toBe(first.body)
    expect(runs()).toBe(2)
  })

  bench.it('no parameters with an empty list', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `${String(h.query('a'))} ${h.url()}`))
    const { ask } = await serve(page(handle, { key: { query: [] } }))
    for (const query of ['?a=poison', '?b=1', '']) {
      expect((await ask(`/page${query}`)).body).toMatch(/^undefined [^?]*$/)
    }
    expect(runs()).toBe(1)
  })

  bench.it('a request with cookies passes by', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `hello ${h.cookie('user')}`))
    const { ask } = await serve(page(handle))
    for (const user of ['ann', 'bob']) {
      const answer = await ask('/page', { headers: { cookie: `user=${user}` } })
      expect(answer.body).toBe(`hello ${user}`)
      expect(statusOf(answer)).toBe('strata; fwd=bypass; detail=cookie')
    }
    expect((await ask('/page')).body).toBe('hello undefined')
    expect(runs()).toBe(3)
  })

  bench.it('no cookies where the route says that it uses none', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `${h.cookie('user')} ${h.everything()}`))
    const { ask } = await serve(page(handle, { key: { cookies: [] } }))
    const first = await ask('/page', { headers: { cookie: 'user=poison' } })
    expect(first.body).toMatch(/^undefined/)
    expect(first.body).not.toContain('poison')
    expect((await ask('/page')).body).toBe(first.body)
    expect(runs()).toBe(1)
  })

  bench.it('the cookies of the key and no others', async (serve) => {
    const { handle, runs } = counted((h) => {
      return h.send(200, `${h.cookie('theme')} ${h.cookie('user')} ${h.everything()}`)
    })
    const { ask } = await serve(page(handle, { key: { cookies: ['theme'] } }))
    const first = await ask('/page', { headers: { cookie: 'user=poison; theme=dark' } })
    expect(first.body).toMatch(/^dark undefined/)
    expect(first.body).not.toContain('poison')
    expect((await ask('/page', { headers: { cookie: 'theme=dark; id=1' } })).body).toBe(first.body)
    expect((await ask('/page', { headers: { cookie: 'theme=light' } })).body).toMatch(/^light/)
    expect(runs()).toBe(2)
  })

  bench.it('a request with Authorization passes by', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `for ${h.header('authorization')}`))
    const { ask } = await serve(page(handle))
    await ask('/page')
    for (const authorization of ['Bearer a', 'Bearer b'])
      expect((await ask('/page', { headers: { authorization } })).body).toBe(`for ${authorization}`)
    expect((await ask('/page')).body).toBe('for undefined')
    expect(runs()).toBe(3)
  })

  bench.it("with a user in the key: everybody's own", async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `for ${h.header('authorization')}`))
    const { ask } = await serve(
      page(handle, { authorization: 'key', userOf: (header) => header('authorization') }),
    )
    for (const authorization of ['Bearer a', 'Bearer b', 'Bearer a']) {
      const answer = await ask('/page', { headers: { authorization } })
      expect(answer.body).toBe(`for ${authorization}`)
      expect(answer.headers['cache-control']).toContain('private')
    }
    expect(runs()).toBe(2)
  })

  bench.it('a GET with a body passes by', async (serve) => {
    const { handle, runs } = counted((h, run) => h.send(200, `run ${run}`))
    const { ask } = await serve(page(handle))
    await ask('/page')
    const fat = { headers: { 'content-type': 'text/plain', 'content-length': '6' }, body: 'poison' }
    const answer = await ask('/page', fat)
    expect(statusOf(answer)).toBe('strata; fwd=bypass; detail=body')
    expect((await ask('/page')).body).toBe('run 1')
    expect(runs()).toBe(2)
  })

  bench.it('a method that a field overrides passes by', async (serve) => {
    const { handle, runs } = counted((h, run) => h.send(200, `run ${run}`))
    const { ask } = await serve(page(handle))
    const answer = await ask('/page', { headers: { 'x-http-method-override': 'DELETE' } })
    expect(statusOf(answer)).toContain('method-override')
    expect((await ask('/page')).body).toBe('run 2')
    expect(runs()).toBe(2)
  })

  bench.it('one host in all its spellings, and each host its own pages', async (serve) => {
    const { handle, runs } = counted((h) => h.send(200, `at ${h.header('host')}`))
    const { ask } = await serve(page(handle))
    for (const [host, got] of [
      ['Example.com', 'example.com'],
      ['example.COM:80', 'example.com'],
      ['example.com', 'example.com'],
      ['other.example.com', 'other.example.com'],
      ['example.com:8080', 'example.com:8080'],
    ]) {
      expect((await ask('/page', { headers: { host: host as string } })).body).toBe(`at ${got}`)
    }
    expect(runs()).toBe(3)
  })

  bench.it('what is no host is never stored', async (serve) => {
    const { handle } = counted((h) => h.send(200, 'page'))
    const { port, cache } = await serve(page(handle))
    for (const host of ['a b', 'user@example.com', 'a/b', 'exa"mple.com', 'a,b']) {
      const request = `GET /page HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`
      expect(await exchange(port, request)).not.toContain('stored')
    }
    expect(cache.stats().memory.entries).toBe(0)
  })

  bench.it('all of it, where it changes something', async (serve) => {
    const { ask } = await serve({
      routes: [
        {
          path: '/page',
          method: 'post',
          policy: { key: { query: ['page'] } },
          handle: (h) =>
            h.send(
              201,
              JSON.stringify([
                h.method(),
                h.header('content-type'),
                h.header('x-other'),
                h.cookie('user'),
                h.query('utm'),
              ]),
            ),
        },
      ],
    })
    const headers = {
      'content-type': 'text/plain',
      'content-length': '1',
      'x-other': 'x',
      cookie: 'user=ann',
    }
    const answer = await ask('/page?utm=1', { method: 'POST', headers, body: 'x' })
    expect(answer.status).toBe(201)
    expect(JSON.parse(answer.body)).toEqual(['POST', 'text/plain', 'x', 'ann', '1'])
  })

  bench.it('after the answer the request is whole again', async (serve) => {
    let late: (() => string) | undefined
    const { handle } = counted((h) => {
      late = () => `${h.header('user-agent')} ${h.url()}`
      return h.send(200, 'page')
    })
    const { ask } = await serve(page(handle, { key: { query: [] } }))
    await ask('/page?a=1', { headers: { 'user-agent': 'browser' } })
    expect(late?.()).toContain('browser')
    expect(late?.()).toContain('a=1')
  })
}
