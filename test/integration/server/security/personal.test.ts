import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { gate } from '../../../support/gate.js'
import { get, linesOf } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const MAX_AGE = { 'cache-control': 'max-age=60' }
const ANN = ['Authorization: Bearer ann']
const ANNS_COOKIE = ['Cookie: sid=ann; theme=dark']

describe('a cookie that an answer sets', () => {
  const setting: Plan = (app, cached) => {
    app.get('/a', cached({ ttl: '1m' }), (c) => {
      c.header('set-cookie', 'sid=1')
      return 'page'
    })
    app.get('/b', cached(true), (c) => c.text('page', 200, { ...MAX_AGE, 'set-cookie': 'sid=1' }))
    app.get('/c', cached({ ttl: '1m' }), () => {
      return new Response('page', {
        headers: [
          ['Set-Cookie', 'sid=1'],
          ['Set-Cookie', 'b=2'],
        ],
      })
    })
  }

  it.each(['/a', '/b', '/c'])('is set by every answer, and none is kept: %s', async (path) => {
    const site = await sites.open(setting)
    await site.survives({
      attack: [get(path)],
      victim: get(path),
      hits: false,
      foolsNaive: false,
    })
  })

  it('is not kept when a middleware below the cache sets it', async () => {
    const site = await sites.open((app, cached) => {
      app.use(
        (c, next) => {
          c.header('set-cookie', `sid=${c.req.header('x-user')}`)
          return next()
        },
        { cacheSafe: true },
      )
      app.get('/a', cached({ ttl: '1m' }), () => 'page')
    })
    await site.survives({ attack: [get('/a', ['X-User: ann'])], victim: get('/a'), hits: false })
  })

  it('is of each client alone when a middleware above the cache sets it', async () => {
    const site = await sites.open((app, cached) => {
      app.use((c, next) => {
        c.header('set-cookie', `sid=${c.req.header('x-user')}`)
        return next()
      })
      app.get('/a', cached({ ttl: '1m' }), () => 'page')
    })
    await site.survives({ attack: [get('/a', ['X-User: ann'])], victim: get('/a'), hits: true })
  })

  it('is stripped where the policy says so, and reaches nobody but the first', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m', setCookie: 'strip' }), (c) => {
        c.header('set-cookie', 'sid=1')
        return 'page'
      })
    })
    const cookies = async () => linesOf((await site.ask(get('/a'))).fields, 'set-cookie')
    expect(await cookies()).toEqual(['sid=1'])
    expect(await cookies()).toEqual([])
    expect(isHit(await site.ask(get('/a')))).toBe(true)
  })

  it('reaches none of those who waited for the same answer', async () => {
    let runs = 0
    const waiting = gate()
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), async (c) => {
        const run = ++runs
        if (run === 1) await waiting.promise
        c.header('set-cookie', `sid=${run}`)
        return 'page'
      })
    })
    const asked = [1, 2, 3, 4].map(() => site.ask(get('/a')))
    await expect.poll(() => site.cached.stats().running).toBe(4)
    waiting.open()
    const cookies = (await Promise.all(asked)).map(({ fields }) => linesOf(fields, 'set-cookie')[0])
    expect(new Set(cookies).size).toBe(4)
  })
})

describe('Authorization', () => {
  const greeting: Plan = (app, cached) => {
    const greet = (token: string | undefined): string => `hello ${token ?? 'guest'}`
    app.get('/policy', cached({ ttl: '1m' }), (c) => c.text(greet(c.req.header('authorization'))))
    app.get('/own', cached(true), (c) => c.text(greet(c.req.header('authorization')), 200, MAX_AGE))
    app.get('/strict', cached(true), (c) =>
      c.text(greet(c.req.header('authorization')), 200, {
        'cache-control': 'max-age=60, must-revalidate',
      }),
    )
    app.get(
      '/keyed',
      cached({
        ttl: '1m',
        authorization: 'key',
        key: { user: (c) => c.req.header('authorization')?.split(' ')[1] },
      }),
      (c) => c.text(greet(c.req.header('authorization'))),
    )
  }
  const foreign: Plan = {
    fetch: ({ headers }) => new Response(`hello ${headers.get('authorization')}`),
    rules: { '/*': { ttl: '1m' } },
  }

  it.each([
    ['/policy', false],
    ['/own', false],
    ['/strict', false],
    ['/keyed', true],
  ])('gets its own answer and gives it to nobody: %s', async (path, hits) => {
    const site = await sites.open(greeting)
    await site.survives({ attack: [get(path, ANN)], victim: get(path), hits })
    await site.survives({
      attack: [get(path, ANN), get(path)],
      victim: get(path, ['Authorization: Bearer bob']),
      hits,
    })
  })

  it('passes by the cache on its way to a fetch-style app', async () => {
    const site = await sites.open(foreign)
    await site.survives({ attack: [get('/a', ANN)], victim: get('/a'), hits: true })
    await site.survives({ attack: [get('/a')], victim: get('/a', ANN), hits: false })
  })

  it('in other letters, twice, empty or named by Connection is Authorization still', async () => {
    for (const fields of [
      ['AUTHORIZATION: Bearer ann'],
      ['Authorization: Bearer bob', 'authorization: Bearer ann'],
      ['Authorization:'],
      ['Connection: authorization', ...ANN],
      ['Connection: close, Authorization', ...ANN],
    ]) {
      for (const [plan, path] of [
        [greeting, '/policy'],
        [greeting, '/own'],
        [foreign, '/a'],
      ] as const) {
        const site = await sites.open(plan)
        await site.survives({
          attack: [get(path, fields)],
          victim: get(path),
          hits: plan === foreign,
        })
      }
    }
  })

  it('never waits for an answer that is for a guest', async () => {
    const waiting = gate()
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), async (c) => {
        const who = c.req.header('authorization')
        if (who === undefined) await waiting.promise
        return who === undefined ? c.text('no', 401, MAX_AGE) : c.text(who, 200, MAX_AGE)
      })
    })
    const guest = site.ask(get('/a'))
    await expect.poll(() => site.cached.stats().running).toBe(1)
    const ann = site.ask(get('/a', ANN))
    await expect.poll(() => site.cached.stats().running).toBe(2)
    waiting.open()
    expect((await guest).status).toBe(401)
    expect((await ann).body).toBe('Bearer ann')
  })
})

describe('a cookie of a request', () => {
  it.each<[title: string, plan: Plan, hits: boolean]>([
    [
      'that a handler reads',
      (app, cached) => {
        app.get('/a', cached({ ttl: '1m' }), (c) => c.text(`hello ${c.req.cookie('sid')}`))
      },
      false,
    ],
    [
      'that a handler reads as a header',
      (app, cached) => {
        app.get('/a', cached({ ttl: '1m' }), (c) => c.text(`hello ${c.req.header('Cookie')}`))
      },
      false,
    ],
    [
      'that a handler reads beside one of the key',
      (app, cached) => {
        app.get('/a', cached({ ttl: '1m', key: { cookies: ['theme'] } }), (c) =>
          c.text(`${c.req.cookie('theme')} ${c.req.cookie('sid')}`),
        )
      },
      false,
    ],
    [
      'that a fetch-style app may read',
      { fetch: cookieEcho, rules: { '/a': { ttl: '1m' } } },
      true,
    ],
    [
      'of which the key has another',
      { fetch: cookieEcho, rules: { '/a': { ttl: '1m', key: { cookies: ['theme'] } } } },
      true,
    ],
  ])('%s reaches nobody else', async (_, plan, hits) => {
    const site = await sites.open(plan)
    await site.survives({ attack: [get('/a', ANNS_COOKIE)], victim: get('/a'), hits })
  })

  it('is one of the key in every way a client may write it', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m', key: { cookies: ['theme'] } }), (c) =>
        c.text(`theme ${c.req.cookie('theme')}`),
      )
    })
    for (const cookie of [
      ['Cookie: theme=evil'],
      ['Cookie: a=1;theme=evil'],
      ['Cookie: theme=evil; theme=light'],
      ['Cookie: a=1', 'Cookie: theme=evil'],
      ['Cookie:  theme = evil '],
      ['Cookie: theme="evil"'],
      ['Cookie: theme=ev%69l'],
      ['cookie: ;;theme=evil;'],
      ['Cookie: Theme=x; theme=evil'],
      ['Cookie: theme'],
      ['Cookie: theme='],
      ['Cookie: =theme; theme=evil'],
      ['Connection: cookie', 'Cookie: theme=evil'],
    ]) {
      for (const victim of [get('/a'), get('/a', ['Cookie: theme=light'])]) {
        await site.survives({
          attack: [get('/a', cookie)],
          victim,
          hits: true,
          foolsNaive: false,
        })
        await site.cache.clear()
      }
    }
  })
})

function cookieEcho({ headers }: Request): Response {
  return new Response(`hello ${headers.get('cookie')}`)
}

it.each<[field: string, status: number]>([
  ['AUTHORIZATION: Bearer ann', 200],
  ['authorization: Bearer ann', 200],
  ['rANGE: bytes=0-1', 206],
  ['iF-nONE-mATCH: *', 304],
  ['IF-MATCH: "other"', 412],
  ['if-modified-since: Fri, 01 Jan 2999 00:00:00 GMT', 304],
])('a field is heard however it is written: %s', async (field, status) => {
  const site = await sites.open((app, cached) => {
    app.get('/a', cached({ ttl: '1m' }), () => 'page')
  })
  await site.ask(get('/a'))
  expect(isHit(await site.ask(get('/a')))).toBe(true)
  const answer = await site.ask(get('/a', [field]))
  expect(answer.status).toBe(status)
  if (status === 200) expect(isHit(answer)).toBe(false)
})
