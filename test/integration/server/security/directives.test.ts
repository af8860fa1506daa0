import { afterEach, describe, it } from 'vitest'
import { AttackedSites, type Plan } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

/** Each of them forbids that the answer is kept for others. */
const FORBIDDING: [title: string, ...lines: string[]][] = [
  ['no-store in capitals', 'NO-STORE, max-age=60'],
  ['no-store in mixed letters', 'max-age=60, No-Store'],
  ['private in capitals', 'PRIVATE, max-age=60'],
  ['no-store behind a quoted string', 'ext="a, max-age=60", no-store, max-age=60'],
  ['no-store behind an escaped quote', 'ext="a\\", b", no-store, max-age=60'],
  ['no-store behind a quote that does not end', 'ext="a, no-store, max-age=60'],
  ['no-store on a second line', 'max-age=60', 'no-store'],
  ['private on a first line', 'private', 'public, max-age=60'],
  ['no-store beside public', 'public, s-maxage=60, no-store'],
  ['no-store with an argument', 'no-store=1, max-age=60'],
  ['no-store with an empty argument', 'no-store=, max-age=60'],
  ['no-store in quotes', 'no-store="", max-age=60'],
  ['no-store before a semicolon', 'no-store; max-age=60'],
  ['no-store behind a semicolon', 'max-age=60; no-store'],
  ['no-store between spaces', '  ,, \t no-store\t , max-age=60'],
  ['private with a token', 'private=true, max-age=60'],
  ['private with a field that is needed', 'private="content-type", max-age=60'],
  ['private with broken quotes', 'private="x, max-age=60'],
  ['private as a list and as a whole', 'private="x-own", private, max-age=60'],
  ['no-cache', 'no-cache, max-age=60'],
  ['no-cache in capitals', 'NO-CACHE, max-age=60'],
  ['max-age twice, once zero', 'max-age=60, max-age=0'],
  ['s-maxage of zero', 's-maxage=0, max-age=60'],
  ['max-age that is negative', 'max-age=-60'],
  ['max-age that is no number', 'max-age=60s'],
  ['max-age in another notation', 'max-age=0x60'],
  ['must-understand with an argument', 'must-understand=1, no-store, max-age=60'],
]

const saying =
  (lines: readonly string[]): Plan =>
  (app, cached) => {
    app.get('/a', cached(true), (c) => {
      for (const line of lines) c.header('cache-control', line, { append: true })
      // its validator is not to be all that stands between two clients
      c.header('last-modified', 'Sun, 06 Nov 1994 08:49:37 GMT')
      return c.text('own')
    })
  }

describe('an answer is kept for nobody with', () => {
  it.each(FORBIDDING)('%s', async (_, ...lines) => {
    const site = await sites.open(saying(lines))
    await site.survives({
      attack: [get('/a')],
      victim: get('/a'),
      hits: false,
      foolsNaive: false,
    })
  })

  // what is about freshness alone a policy takes the place of
  const narrowing = FORBIDDING.filter(([, ...lines]) =>
    /no-store|private|no-cache/i.test(lines.join()),
  )
  it.each(narrowing)('%s, whatever the policy says', async (_, ...lines) => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m', grace: '1m' }), (c) => {
        for (const line of lines) c.header('cache-control', line, { append: true })
        return 'own'
      })
    })
    await site.survives({
      attack: [get('/a')],
      victim: get('/a'),
      hits: false,
      foolsNaive: false,
    })
  })
})

describe('an answer is kept in spite of', () => {
  it.each([
    ['a name that only begins like a directive', 'no-store-please, max-age=60'],
    ['a directive within a quoted string', 'ext="no-store, private", max-age=60'],
    ['a quoted number', 'max-age="60"'],
    ['a number beyond all clocks', `max-age=${'9'.repeat(40)}`],
  ])('%s', async (_, ...lines) => {
    const site = await sites.open(saying(lines))
    await site.survives({ attack: [get('/a')], victim: get('/a'), hits: true, foolsNaive: false })
  })

  it('a field that private names, which others do not get', async () => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), (c) => {
        c.header('cache-control', 'max-age=60, private="X-Own"')
        c.header('vary', 'x-user')
        c.header('x-own', c.req.header('x-user') ?? 'nobody')
        return 'page'
      })
    })
    const own = async (): Promise<boolean> =>
      (await site.ask(get('/a', ['X-User: ann']))).fields.includes('x-own')
    const answers = [await own(), await own()]
    if (answers[0] !== true || answers[1] !== false) throw new Error(`x-own: ${answers.join()}`)
  })
})
