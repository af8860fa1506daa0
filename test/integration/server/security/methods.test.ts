import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const BODY = 'name=evil'
const LENGTH = `Content-Length: ${BODY.length}`

/** Takes parameters from wherever they come, as some frameworks do. */
const merged: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), async (c) => {
    const text = await c.req.text()
    return c.text(`hello ${text === '' ? c.req.query('name') : text}`)
  })
}

const unread: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), (c) => c.text(`hello ${c.req.query('name')}`))
  app.post('/a', () => 'changed')
}

const foreign: Plan = {
  fetch: async (request) => new Response(`${request.method} ${await request.text()}`),
  rules: { '/a': { ttl: '1m' } },
}

describe('the body of a GET', () => {
  it('that its handler reads reaches nobody else', async () => {
    const site = await sites.open(merged)
    await site.survives({
      attack: [get('/a', [LENGTH]) + BODY],
      victim: get('/a'),
      hits: false,
    })
  })

  it('in chunks that its handler reads reaches nobody else', async () => {
    const site = await sites.open(merged)
    const chunked = get('/a', ['Transfer-Encoding: chunked'])
    await site.survives({
      attack: [`${chunked}${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`],
      victim: get('/a'),
      hits: false,
    })
  })

  it.each([
    ['a handler', unread],
    ['a fetch-style app', foreign],
  ])('that %s does not read changes nothing', async (_, plan) => {
    const site = await sites.open(plan)
    const attack = get('/a', [LENGTH]) + BODY
    await site.survives({ attack: [attack], victim: get('/a'), hits: true, foolsNaive: false })
    expect(isHit(await site.ask(attack))).toBe(true)
  })

  it('is no request behind the one it belongs to', async () => {
    const site = await sites.open(unread)
    const hidden = get('/a?name=evil')
    const wire = await site.wire()
    wire.send(get('/a', [`Content-Length: ${hidden.length}`]) + hidden + get('/a?name=ann'))
    expect((await wire.next())?.body).toBe('hello undefined')
    expect((await wire.next())?.body).toBe('hello ann')
    wire.close()
  })
})

describe('a method', () => {
  it.each(['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'])(
    'is not overridden by %s',
    async (name) => {
      for (const plan of [unread, foreign]) {
        const site = await sites.open(plan)
        await site.survives({
          attack: [get('/a', [`${name}: HEAD`]), get('/a', [`${name}: POST`])],
          victim: get('/a'),
          hits: true,
          foolsNaive: false,
        })
      }
    },
  )

  it('that a handler takes from a field makes no answer for others', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) =>
        c.req.header('x-http-method-override') === 'HEAD' ? c.text('') : c.text('page'),
      )
    })
    await site.survives({
      attack: [get('/a', ['X-HTTP-Method-Override: HEAD'])],
      victim: get('/a'),
      hits: false,
    })
  })

  it('in other letters, unknown or with a tunnel behind it changes nothing', async () => {
    const site = await sites.open(unread)
    const attack = ['get', 'Get', 'FETCH', 'TRACE', 'CONNECT'].map((method) =>
      get(method === 'CONNECT' ? 'example.com:80' : '/a', [], method),
    )
    for (const bytes of attack) {
      expect((await site.ask(bytes)).status).toBeGreaterThanOrEqual(400)
    }
    await site.survives({ attack: [get('/a', [], 'OPTIONS')], victim: get('/a'), hits: true })
  })

  it('HEAD first leaves the whole for a GET', async () => {
    for (const plan of [unread, foreign]) {
      const site = await sites.open(plan)
      await site.survives({
        attack: [get('/a', [], 'HEAD')],
        victim: get('/a'),
        hits: true,
        foolsNaive: true,
      })
    }
  })
})
