import { afterEach, describe, expect, it } from 'vitest'
import { HttpError } from '../../../../src/errors.js'
import { AttackedSites, type Plan } from '../../../support/attacked-site.js'
import { gate } from '../../../support/gate.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const page: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), () => 'page')
  app.get('/b', cached(true), (c) =>
    c.text('page', 200, { 'cache-control': 'max-age=60', etag: '"1"' }),
  )
}

const foreign: Plan = {
  fetch: ({ headers, url }) => {
    const isOdd = headers.has('range') || headers.has('if-none-match') || headers.has('x-bad')
    const said = { 'cache-control': 'max-age=60' }
    // what is under a policy does not see the field
    const own = url.endsWith('/b') ? { ...said, vary: 'x-bad' } : said
    return isOdd
      ? new Response('odd', { status: 400, headers: own })
      : new Response('page', { headers: own })
  },
  rules: { '/a': { ttl: '1m' }, '/b': true },
}

const ATTACKS: [title: string, fields: string[]][] = [
  ['a field too large', [`X-Big: ${'x'.repeat(17_000)}`]],
  ['a field too large for the parser', [`X-Big: ${'x'.repeat(250_000)}`]],
  ['too many fields', Array.from({ length: 120 }, (_, i) => `X-${i}: 1`)],
  ['a control character', ['X-Meta: \x07']],
  ['a bell in a name', ['X\x07: 1']],
  ['a Range that is broken', ['Range: bytes=9-1']],
  ['a Range beyond the end', ['Range: bytes=900-']],
  ['a Range of its first bytes', ['Range: bytes=0-0']],
  ['many ranges', [`Range: bytes=${'0-0,'.repeat(500)}0-0`]],
  ['another unit', ['Range: lines=1-2']],
  ['If-Match', ['If-Match: "evil"']],
  ['If-None-Match', ['If-None-Match: *']],
  ['its own ETag', ['If-None-Match: "1"']],
  ['If-Modified-Since', ['If-Modified-Since: Fri, 01 Jan 2999 00:00:00 GMT']],
  ['If-Unmodified-Since', ['If-Unmodified-Since: Sat, 01 Jan 2000 00:00:00 GMT']],
  ['If-Range', ['If-Range: "evil"', 'Range: bytes=0-0']],
  ['dates that are none', ['If-Modified-Since: evil', 'If-Unmodified-Since: evil']],
  ['Expect', ['Expect: evil']],
  ['Expect: 100-continue', ['Expect: 100-continue']],
  ['an Upgrade', ['Connection: Upgrade', 'Upgrade: websocket']],
  ['an Accept of nothing', ['Accept: none/none;q=0']],
  ['a method override', ['X-HTTP-Method-Override: DELETE']],
  ['Max-Forwards', ['Max-Forwards: 0']],
]

describe.each([
  ['a handler', page],
  ['a fetch-style app', foreign],
])('what %s answers to one is not kept for others:', (_, plan) => {
  it.each(ATTACKS)('%s', async (_title, fields) => {
    const site = await sites.open(plan)
    for (const path of ['/a', '/b']) {
      await site.survives({
        attack: [get(path, fields)],
        victim: get(path),
        hits: true,
        foolsNaive: false,
      })
    }
  })
})

describe('an error', () => {
  it('that an answer’s own words make storable is kept for those who send the same', async () => {
    const site = await sites.open(foreign)
    await site.survives({ attack: [get('/b', ['X-Bad: 1'])], victim: get('/b'), hits: true })
  })

  it.each([400, 403, 404, 500, 503])(
    '%i is kept under no policy that does not list it',
    async (status) => {
      const site = await sites.open((app, cached) => {
        app.get('/a', cached({ ttl: '1m' }), (c) =>
          c.req.header('x-bad') === undefined ? c.text('page') : c.text('bad', status),
        )
      })
      await site.survives({ attack: [get('/a', ['X-Bad: 1'])], victim: get('/a'), hits: false })
    },
  )

  it('that one client caused is not told to those who wait with him', async () => {
    const waiting = gate()
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), async (c) => {
        if (c.req.header('x-bad') === undefined) return 'page'
        await waiting.promise
        throw new HttpError(400, 'bad')
      })
    })
    const attack = site.ask(get('/a', ['X-Bad: 1']))
    await expect.poll(() => site.cached.stats().running).toBe(1)
    const victims = [1, 2, 3].map(() => site.ask(get('/a')))
    await expect.poll(() => site.cached.stats().running).toBe(4)
    waiting.open()
    expect((await attack).status).toBe(400)
    expect((await Promise.all(victims)).map(({ body }) => body)).toEqual(['page', 'page', 'page'])
  })

  it('of a body that is broken off is not told to those who wait with it', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), async (c) => c.text(`page ${await c.req.text()}`))
    })
    const wire = await site.wire()
    wire.send(`${get('/a', ['Content-Length: 100'])}evil`)
    await expect.poll(() => site.cached.stats().running).toBe(1)
    expect((await site.ask(get('/a'))).body).toBe('page ')
    wire.close()
    expect((await site.ask(get('/a'))).body).toBe('page ')
  })
})
