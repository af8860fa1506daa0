import { expect } from 'vitest'
import { exchange, expectSame, isHit } from '../../support/attacked-site.js'
import { get, type WireAnswer } from '../../support/wire.js'
import type { Bench, Serve } from '../adapter-bench.js'
import type { Handling, SitePolicy, SiteRoute } from '../adapter-site.js'

interface Attack {
  readonly handle: (h: Handling) => unknown
  readonly policy?: SitePolicy | 'fields'
  readonly path?: string
  /** Requests, byte by byte, each on a connection of its own; one that is not answered is none. */
  readonly attack: readonly string[]
  readonly victim: string
  /** Whether the victim's second request is answered from the cache. */
  readonly hits: boolean
}

/** What one client sends, byte by byte, is no other's: the site with a cache answers all as the same site without one. */
export function attackCases(bench: Bench): void {
  bench.it('fields that frameworks believe and no key has', async (serve) => {
    for (const name of BELIEVED) {
      await survives(serve, {
        handle: (h) => h.send(200, `page ${h.header(name)}`),
        attack: [get('/page', [`${name}: evil.example`])],
        victim: get('/page'),
        hits: true,
      })
    }
  })

  bench.it('fields that the response names in Vary', async (serve) => {
    for (const name of BELIEVED) {
      await survives(serve, {
        handle: (h) => {
          h.set('cache-control', 'public, max-age=60')
          h.set('vary', name)
          return h.send(200, `page ${h.header(name.toLowerCase())}`)
        },
        policy: 'fields',
        // a URL of its own: one has no more than 16 variants
        attack: [`${name}: evil.example`, `${name}: `].map((field) =>
          get(`/page?${name}`, [field]),
        ),
        victim: get(`/page?${name}`),
        hits: true,
      })
    }
  })

  bench.it('a session, by cookie or by Authorization', async (serve) => {
    const ann = ['Cookie: sid=ann; theme=dark', 'COOKIE: sid=ann', 'Authorization: Bearer ann']
    for (const policy of [{}, { key: { cookies: ['theme'] } }, 'fields'] as const) {
      for (const field of ann) {
        await survives(serve, {
          handle: (h) => {
            h.set('cache-control', policy === 'fields' ? 'private, max-age=60' : 'max-age=60')
            return h.send(200, `for ${h.cookie('sid')} ${h.header('authorization')}`)
          },
          policy,
          attack: [get('/page', [field])],
          victim: get('/page'),
          hits: policy !== 'fields',
        })
      }
    }
  })

  bench.it('a cookie that is set for one', async (serve) => {
    for (const policy of [{}, 'fields'] as const) {
      await survives(serve, {
        handle: (h) => {
          h.set('cache-control', 'max-age=60')
          h.set('set-cookie', ['sid=1; Path=/', 'b=2'])
          return h.send(200, 'page')
        },
        policy,
        attack: [get('/page')],
        victim: get('/page'),
        hits: false,
      })
    }
  })

  bench.it('queries that two parsers read in two ways', async (serve) => {
    const site = await serve({ routes: routesOf(queried, { key: { query: ['q'] } }) })
    const plain = await serve({ routes: routesOf(queried, undefined) })
    for (const query of QUERIES) {
      const target = `/page?${query}`
      const right = await exchange(plain.port, get(target))
      for (let i = 0; i < 2; i++) {
        const answer = await exchange(site.port, get(target))
        // what the key does not find in it, the handler does not see either
        expect([right.body, 'null'], query).toContain(answer.body)
        expect(answer.status).toBe(right.status)
      }
    }
  })

  bench.it('values that look like parts of a key', async (serve) => {
    const policy = { key: { headers: ['x-a', 'x-b'] } }
    const handle = (h: Handling) => h.send(200, `a=${h.header('x-a')} b=${h.header('x-b')}`)
    const site = await serve({ routes: routesOf(handle, policy) })
    const plain = await serve({ routes: routesOf(handle, undefined) })
    const values = ['', '1', '1|h3:x-b=1:2', '-|h3:x-b=1:1', '=1:1', 'http|1|http|', '"', 'a, b']
    for (const a of values) {
      for (const b of values) {
        const bytes = get('/page', [`X-A: ${a}`, `X-B: ${b}`])
        const right = await exchange(plain.port, bytes)
        const answer = await exchange(site.port, bytes)
        expect(answer.body).toBe(right.body)
      }
    }
  })

  bench.it('methods that a field overrides, and those that change something', async (serve) => {
    for (const field of ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override']) {
      await survives(serve, {
        handle: (h) => h.send(h.header(field.toLowerCase()) === undefined ? 200 : 405, h.method()),
        attack: [
          get('/page', [`${field}: DELETE`]),
          `POST /page HTTP/1.1\r\nHost: a.example\r\n${field}: GET\r\nContent-Length: 0\r\n\r\n`,
        ],
        victim: get('/page'),
        hits: true,
      })
    }
  })

  bench.it('requests that make a server answer with an error', async (serve) => {
    for (const policy of [{}, 'fields'] as const) {
      for (const fields of ERRONEOUS) {
        await survives(serve, {
          handle: (h) => {
            h.set('cache-control', 'max-age=60')
            h.set('etag', '"1"')
            return h.send(200, 'page')
          },
          policy,
          attack: [get('/page', fields)],
          victim: get('/page'),
          hits: true,
        })
      }
    }
  })

  bench.it('errors of the handler, of whatever status', async (serve) => {
    for (const status of [400, 403, 404, 410, 500, 503]) {
      await survives(serve, {
        handle: (h) => (h.query('bad') === undefined ? h.send(200, 'page') : h.send(status, 'bad')),
        policy: { key: { query: ['bad'] } },
        attack: [get('/page?bad=1'), get('/page?bad=1')],
        victim: get('/page'),
        hits: true,
      })
    }
  })

  bench.it('a body that a GET promises and breaks off', async (serve) => {
    await survives(serve, {
      handle: (h) => h.send(200, 'page'),
      attack: [
        `${get('/page', ['Content-Length: 100'])}evil`,
        `${get('/page', ['Transfer-Encoding: chunked'])}5\r\nevi`,
        `${get('/page', ['Content-Length: 4'])}evil`,
      ],
      victim: get('/page'),
      hits: true,
    })
  })

  bench.it('hosts and targets that are not what they seem', async (serve) => {
    const request = (target: string, ...hosts: string[]): string =>
      [`GET ${target} HTTP/1.1`, ...hosts.map((host) => `Host: ${host}`), '', ''].join('\r\n')
    await survives(serve, {
      handle: (h) => h.send(200, `page of ${h.header('host')}`),
      attack: [
        request('http://evil.example/page', 'a.example'),
        request('/page', 'evil.example', 'a.example'),
        request('/page', 'a.example', 'evil.example'),
        request('/page', 'a.example@evil.example'),
        request('/page', 'a.example,evil.example'),
        request('/page', 'evil.example/../a.example'),
        request('/page', 'a.example:80:evil'),
        request('/page', 'a.example:99999'),
        request('/page#', 'a.example'),
      ],
      victim: request('/page', 'a.example'),
      hits: true,
    })
  })

  bench.it('paths that are like another', async (serve) => {
    const handle = (h: Handling) => h.send(200, `item ${h.param('id')}`)
    const routes = (policy: SitePolicy | undefined): readonly SiteRoute[] => [
      { path: '/item/:id', handle, ...(policy === undefined ? {} : { policy }) },
    ]
    const site = await serve({ routes: routes({}) })
    const plain = await serve({ routes: routes(undefined) })
    for (let i = 0; i < 2; i++) {
      for (const path of PATHS) {
        const right = await exchange(plain.port, get(path))
        const answer = await exchange(site.port, get(path))
        expect([path, answer.status, answer.body]).toEqual([path, right.status, right.body])
      }
    }
  })
}

const BELIEVED = [
  'X-Forwarded-Host',
  'X-Forwarded-Prefix',
  'X-Forwarded-For',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Host',
  'Forwarded',
  'Origin',
  'User-Agent',
  'Referer',
  'Accept',
] as const

const ERRONEOUS: readonly (readonly string[])[] = [
  [`X-Big: ${'x'.repeat(20_000)}`],
  ['X-Meta: \u0007'],
  ['Range: bytes=9-1'],
  ['Range: bytes=900-'],
  ['Range: bytes=0-0'],
  [`Range: bytes=${'0-0,'.repeat(100)}0-0`],
  ['If-Match: "evil"'],
  ['If-None-Match: *'],
  ['If-None-Match: "1"'],
  ['If-Modified-Since: Fri, 01 Jan 2999 00:00:00 GMT'],
  ['If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT'],
  ['If-Range: "evil"', 'Range: bytes=0-0'],
  ['Expect: evil'],
  ['Connection: Upgrade', 'Upgrade: websocket'],
  ['Connection: cache-control, etag, x'],
]

const QUERIES = [
  'q=a',
  'q=evil&q=a',
  'q=a&q=evil',
  'Q=evil&q=a',
  '%71=evil',
  'q=a;q=evil',
  'q=a%26q=evil',
  'q=a&&q=',
  'q',
  'q=',
  'q=+a',
  'q=%2Ba',
  'q=%',
  'utm=evil&q=a',
  '__proto__=evil&q=a',
  '?q=a',
  'q=a#',
]

const PATHS = [
  '/item/1',
  '/item/1/',
  '/item//1',
  '//item/1',
  '/ITEM/1',
  '/item/1%2f',
  '/item/%31',
  '/item/1;a=b',
  '/item/1.css',
  '/item/..%2f1',
  '/item/1%00',
  '/item/%c3%a4',
  '/item/%ff',
  '/item/%',
  '/item/1/../2',
  '/item/./1',
  '/item/1%3fq=1',
  '/item/1?q=1',
]

function queried(h: Handling): unknown {
  return h.send(200, JSON.stringify(h.query('q') ?? null))
}

function routesOf(
  handle: (h: Handling) => unknown,
  policy: SitePolicy | 'fields' | undefined,
): readonly SiteRoute[] {
  return [{ path: '/page', handle, ...(policy === undefined ? {} : { policy }) }]
}

/** After the attack the victim gets, twice, what the site without a cache gives it. */
async function survives(
  serve: Serve,
  { handle, policy = {}, attack, victim, hits }: Attack,
): Promise<void> {
  const plain = await serve({ routes: routesOf(handle, undefined) })
  const { port, cache } = await serve({ routes: routesOf(handle, policy) })
  await cache.clear() // of what another site of the same test has under the same URL
  const right = await exchange(plain.port, victim)
  for (const bytes of attack) await tried(port, bytes)
  for (const isSecond of [false, true]) {
    const answer = await exchange(port, victim)
    expectSame(answer, right)
    if (isSecond) expect(isHit(answer), attack.join('\n')).toBe(hits)
  }
}

/** A connection that is closed without an answer is an answer as well. */
async function tried(port: number, bytes: string): Promise<WireAnswer | undefined> {
  return await Promise.race([
    exchange(port, bytes).catch(() => undefined),
    new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 300)),
  ])
}
