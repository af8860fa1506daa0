import { afterEach, describe, expect, it } from 'vitest'
import type { Context } from '../../../../src/server/index.js'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const page = (c: Context): unknown =>
  c.text(`page ${c.req.query('page')} of ${c.req.queries('page').length}`)

/** One parameter counts. */
const narrow: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m', key: { query: ['page'] } }), page)
}

const narrowByUrl: Plan = {
  fetch: ({ url }) => {
    const { search, searchParams } = new URL(url)
    return new Response(`${search} ${searchParams.get('page')}`)
  },
  rules: { '/a': { ttl: '1m', key: { query: ['page'] } } },
}

const whole: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), (c) => c.json([page(c), c.req.query()]))
}

/** Ways to name a parameter that the key might overlook while a handler does not. */
const SPELLINGS = [
  '?page=evil',
  '??page=evil',
  '?&page=evil',
  '?&&&page=evil',
  '?%70age=evil',
  '?pag%65=evil',
  '?%3Fpage=evil',
  '?=&page=evil',
  '?x=1&page=evil',
  '?x=1;page=evil',
  '?x=1%26page=evil',
  '?page%3Devil',
  '?page=evil&page=2',
  '?page[]=evil',
  '?%EF%BB%BFpage=evil',
  '?+page=evil',
  '?page+=evil',
  '?page%00=evil',
  '?page%=evil',
  '?%ff&page=evil',
  '?PAGE=evil',
  '?page',
  '?page=',
]

describe.each([
  ['of a handler', narrow],
  ['of a fetch-style app', narrowByUrl],
  ['of a handler that reads all', whole],
])('a query %s', (_, plan) => {
  it.each(SPELLINGS)('%s changes no answer but its own', async (query) => {
    const site = await sites.open(plan)
    for (const victim of ['/a', '/a?page=2', '/a?']) {
      await site.survives({
        attack: [get(`/a${query}`)],
        victim: get(victim),
        hits: true,
        foolsNaive: false,
      })
      await site.cache.clear()
    }
  })
})

describe('a query with one parameter in the key', () => {
  it('shares an answer between all that have it', async () => {
    const site = await sites.open(narrow)
    await site.ask(get('/a?page=2'))
    expect(isHit(await site.ask(get('/a?utm=1&page=2&x')))).toBe(true)
  })

  it('may be named by a name that is no clean escape', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m', key: { query: ['100%'] } }), (c) =>
        c.text(`${c.req.query('100%')}`),
      )
    })
    for (const query of ['?100%=evil', '?%31%300%=evil', '?10%30%=evil', '?100%25=evil']) {
      await site.survives({ attack: [get(`/a${query}`)], victim: get('/a'), hits: true })
      await site.cache.clear()
    }
  })

  it('keeps very long values apart by their last byte', async () => {
    const site = await sites.open(narrow)
    const long = 'x'.repeat(10_000)
    await site.survives({
      attack: [get(`/a?page=${long}1`)],
      victim: get(`/a?page=${long}2`),
      hits: true,
    })
  })

  it('is refused, and nothing kept, when it is longer than any target may be', async () => {
    const site = await sites.open(narrow)
    const attack = get(`/a?page=${'x'.repeat(66_000)}`)
    expect((await site.ask(attack)).status).toBe(414)
    await site.survives({ attack: [attack], victim: get('/a'), hits: true })
  })
})
