import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { get, linesOf } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

/** Routes as people write them: what is static is cached, an account is not. Its page is its owner's. */
const routed: Plan = (app, cached) => {
  app.get('/static/*', cached({ ttl: '1m' }), (c) => c.text(`file ${c.req.path}`))
  app.get('/posts/:id', cached({ ttl: '1m' }), (c) => c.text(`post ${c.params.id}`))
  app.get('/account', (c) => c.text(`account of ${c.req.cookie('sid')}`))
  app.get('/account/*', (c) => c.text(`account of ${c.req.cookie('sid')}`))
}

/** The same as an app of another kind makes of the URL that it is given. */
const byUrl: Plan = {
  fetch: ({ url, headers }) => {
    const { pathname } = new URL(url)
    const isAccount = /^\/account(?![a-z])/.test(pathname)
    const owner = headers.get('cookie') ?? headers.get('x-user') ?? 'nobody'
    return new Response(isAccount ? `account of ${owner}` : `file ${pathname}`)
  },
  rules: {
    '/static/*': { ttl: '1m', key: { cookies: [], headers: ['x-user'] } },
    '/posts/:id': { ttl: '1m', key: { cookies: [] } },
  },
}

const PATHS = [
  '/account',
  '/account/x.css',
  '/account;x.css',
  '/account;/../static/x.css',
  '/account%2Fx.css',
  '/account%2fstatic/x.css',
  '/account%3B.css',
  '/account%23x.css',
  '/account%3Fx.css',
  '/account%00.css',
  '/account/%2e%2e/static/x.css',
  '/account/../static/x.css',
  '/account\\x.css',
  '//static/account',
  '/static/../account',
  '/static/%2e%2e/account',
  '/static/.%2E/account',
  '/static/..%2Faccount',
  '/static/..%2faccount',
  '/static/..;/account',
  '/static/..\\account',
  '/static\\..\\account',
  '/static/x\\..\\..\\account',
  '/static/x%5c..%5C..%5Caccount',
  '/static//account',
  '/static//../account',
  '/static/%2e/account',
  '/static/./account',
  '/static/x/.../account',
  '/static/%252e%252e/account',
  '/posts/..%2Faccount',
  '/posts/..\\account',
  '/posts/\\..\\account',
  '/posts/%2e%2e%2faccount',
]

describe.each([
  ['of a handler', routed],
  ['of a fetch-style app', byUrl],
])('a page that is one user’s own, %s', (_, plan) => {
  it.each(PATHS)('is given to nobody else by way of %s', async (path) => {
    const site = await sites.open(plan)
    const lured = await site.ask(get(path, ['Cookie: sid=ann', 'X-User: ann']))
    const thief = await site.ask(get(path))
    expect(thief.body).not.toContain('ann')
    // a page that has an owner was not kept at all
    if (lured.body.startsWith('account')) expect(isHit(thief)).toBe(false)
  })

  it.each(PATHS)('does not come in the place of a file by way of %s', async (path) => {
    const site = await sites.open(plan)
    for (const victim of ['/static/x.css', '/static/account', '/posts/account', '/account']) {
      await site.survives({
        attack: [get(path, ['X-User: evil'])],
        victim: get(victim),
        hits: victim !== '/account',
        foolsNaive: false,
      })
    }
  })
})

describe('a path', () => {
  it.each([
    ['/posts/%61', '/posts/a', true],
    ['/posts/%7E', '/posts/~', true],
    ['/posts/%c3%a9', '/posts/%C3%A9', true],
    ['/posts/A', '/posts/a', false],
    ['/posts/%41', '/posts/a', false],
    ['/posts/a%2Fb', '/posts/a', false],
    ['/posts/a%3Fb', '/posts/a', false],
    ['/posts/a%3Fb=1', '/posts/a?b=1', false],
    ['/posts/a%26b', '/posts/a', false],
    ['/posts/a;b', '/posts/a', false],
    ['/posts/a%00', '/posts/a', false],
    ['/posts/a%20', '/posts/a', false],
    ['/posts/a+', '/posts/a', false],
    ['/posts/a%0d%0ax', '/posts/a', false],
    ['/posts/a|4:null', '/posts/a', false],
  ])('%s and %s are one entry: %o', async (attack, victim, isOne) => {
    const site = await sites.open(routed)
    await site.ask(get(attack))
    const right = await site.askPlain(get(victim))
    const answer = await site.ask(get(victim))
    expect(answer.body).toBe(right.body)
    expect(isHit(answer)).toBe(isOne)
  })

  it('with a raw fragment, space or control character is refused', async () => {
    const site = await sites.open(routed)
    for (const path of ['/posts/a#b', '/posts/a?x#y', '/posts/a b', '/posts/\x7f', '/posts/\xe9']) {
      const { status } = await site.ask(get(path))
      expect(status).toBe(400)
    }
    expect(linesOf((await site.ask(get('/posts/a'))).fields, 'cache-status')).toEqual([
      expect.stringContaining('fwd=uri-miss'),
    ])
  })
})
