import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, echoOf, isHit } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

/** Fields that frameworks and proxies believe, and that no cache key has. */
const BELIEVED = [
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Prefix',
  'X-Forwarded-For',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-Host',
  'Forwarded',
  'X-HTTP-Method-Override',
  'Origin',
  'User-Agent',
  'Referer',
  'Accept',
]

describe('a header that is not in the key', () => {
  it.each(BELIEVED)(
    '%s reaches nobody else when a handler under a policy reads it',
    async (name) => {
      const site = await sites.open((app, cached) => {
        app.get('/a', cached({ ttl: '1m' }), echoOf(name))
      })
      await site.survives({
        attack: [get('/a', [`${name}: evil.example`])],
        victim: get('/a'),
        hits: false,
      })
    },
  )

  it.each(BELIEVED)('%s reaches nobody else when Vary does not name it', async (name) => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), (c) => {
        c.header('cache-control', 'public, max-age=60')
        return echoOf(name)(c)
      })
    })
    await site.survives({
      attack: [get('/a', [`${name}: evil.example`])],
      victim: get('/a'),
      hits: false,
    })
  })

  it.each(BELIEVED)('%s is hidden from an app that cannot be watched', async (name) => {
    const site = await sites.open({
      fetch: ({ headers }) => new Response(`from ${headers.get(name)}`),
      rules: { '/a': { ttl: '1m' } },
    })
    await site.survives({
      attack: [get('/a', [`${name}: evil.example`])],
      victim: get('/a'),
      hits: true,
    })
  })

  it('is kept apart where the key has it, whatever else is sent', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m', key: { headers: ['X-Forwarded-Host'] } }), (c) =>
        c.text(`https://${c.req.header('x-forwarded-host')}/`),
      )
    })
    await site.survives({
      attack: [get('/a', ['X-Forwarded-Host: evil.example'])],
      victim: get('/a'),
      hits: true,
    })
  })

  it('is not believed in place of the target, the method or the scheme', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) => c.text(`${c.req.method} ${c.req.path}`))
      app.post('/a', () => 'changed')
      app.get('/admin', () => 'admin')
    })
    const fields = ['X-Original-URL: /admin', 'X-Rewrite-URL: /admin', 'X-HTTP-Method: POST']
    const attack = get('/a', fields)
    await site.survives({ attack: [attack], victim: get('/a'), hits: true, foolsNaive: false })
    expect(isHit(await site.ask(attack))).toBe(true)
  })

  it('that a middleware above the cache reads changes no stored answer', async () => {
    const site = await sites.open((app, cached) => {
      app.use((c, next) => {
        c.header('x-base', `https://${c.req.header('x-forwarded-host')}`)
        return next()
      })
      app.get('/a', cached({ ttl: '1m' }), () => 'page')
    })
    await site.survives({
      attack: [get('/a', ['X-Forwarded-Host: evil.example'])],
      victim: get('/a'),
      hits: true,
    })
  })

  it('that a middleware below the cache answers with reaches nobody else', async () => {
    const site = await sites.open((app, cached) => {
      app.use(
        (c, next) => {
          const blocked = c.req.header('x-waf-test')
          return blocked === undefined ? next() : c.text(`blocked ${blocked}`)
        },
        { cacheSafe: true },
      )
      app.get('/a', cached({ ttl: '1m' }), () => 'page')
    })
    await site.survives({
      attack: [get('/a', ['X-Waf-Test: 1'])],
      victim: get('/a'),
      hits: false,
    })
  })
})
