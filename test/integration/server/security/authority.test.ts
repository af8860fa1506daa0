import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

/** Writes the host it was asked for into its page, as most sites do somewhere. */
const linked: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), (c) => c.text(`https://${c.req.header('host')}/login`))
}

const linkedByUrl: Plan = {
  fetch: ({ url, headers }) => new Response(`${url} ${headers.get('host')}`),
  rules: { '/a': { ttl: '1m' } },
}

describe.each([
  ['of a handler', linked],
  ['of a fetch-style app', linkedByUrl],
])('an answer %s for one authority', (_, plan) => {
  it.each([
    ['another host', 'evil.example'],
    ['another port', 'example.com:81'],
    ['a trailing dot', 'example.com.'],
    ['a subdomain', 'www.example.com'],
    ['a longer name', 'example.com.evil.example'],
  ])('is not one for %s', async (_title, host) => {
    const site = await sites.open(plan)
    await site.survives({ attack: [get('/a', [`Host: ${host}`])], victim: get('/a'), hits: true })
  })

  it.each([
    ['two Host lines', ['Host: example.com', 'Host: evil.example']],
    ['two Host lines of other cases', ['host: example.com', 'HOST: evil.example']],
    ['two equal Host lines', ['Host: example.com', 'Host: example.com']],
    ['user information', ['Host: example.com@evil.example']],
    ['a path', ['Host: example.com/x']],
    ['a list', ['Host: example.com, evil.example']],
    ['a space', ['Host: example.com evil.example']],
    ['a port of letters', ['Host: example.com:8o']],
    ['an empty Host', ['Host:']],
    ['a fragment', ['Host: example.com#']],
    ['a backslash', ['Host: example.com\\evil.example']],
  ])('is not asked for with %s', async (_title, fields) => {
    const site = await sites.open(plan)
    const attack = get('/a', fields)
    expect((await site.ask(attack)).status).toBe(400)
    await site.survives({ attack: [attack], victim: get('/a'), hits: true })
  })

  it('is not asked for without a Host', async () => {
    const site = await sites.open(plan)
    const attack = 'GET /a HTTP/1.1\r\n\r\n'
    expect((await site.ask(attack)).status).toBe(400)
    await site.survives({ attack: [attack], victim: get('/a'), hits: true })
  })

  it('is not asked for by a target with another authority', async () => {
    const site = await sites.open(plan)
    for (const target of [
      'http://evil.example/a',
      'http://example.com@evil.example/a',
      'http://example.com:81/a',
      'http://example.com./a',
      'ftp://example.com/a',
      'example.com/a',
    ]) {
      const attack = get(target)
      expect((await site.ask(attack)).status).toBeGreaterThanOrEqual(400)
      await site.survives({ attack: [attack], victim: get('/a'), hits: true })
    }
  })

  it.each([
    ['in capitals', get('/a', ['Host: EXAMPLE.com'])],
    ['with the port that the scheme means anyway', get('/a', ['Host: example.com:80'])],
    ['with a port that is left empty', get('/a', ['Host: example.com:'])],
  ])('is the one entry for the authority %s', async (_title, attack) => {
    const site = await sites.open(plan)
    await site.survives({ attack: [attack], victim: get('/a'), hits: true })
    expect(isHit(await site.ask(attack))).toBe(true)
  })

  it('is one for a client of HTTP/1.0 that names no host', async () => {
    const site = await sites.open(plan)
    const victim = get('/a', ['Host: localhost'])
    await site.survives({
      attack: ['GET /a HTTP/1.0\r\n\r\n'],
      victim,
      hits: true,
      foolsNaive: false,
    })
  })

  it('is that of the same authority in absolute-form', async () => {
    const site = await sites.open(plan)
    await site.survives({
      attack: [get('http://EXAMPLE.com:80/a')],
      victim: get('/a'),
      hits: true,
      foolsNaive: false,
    })
    expect(isHit(await site.ask(get('http://example.com/a')))).toBe(true)
  })
})
