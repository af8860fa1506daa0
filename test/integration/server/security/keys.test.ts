import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, type Plan } from '../../../support/attacked-site.js'
import { get } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

/** Two fields side by side in the key, of which either could be made to look like both. */
const policy: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m', key: { headers: ['x-a', 'x-b'], cookies: ['c'] } }), (c) =>
    c.json([c.req.header('x-a') ?? null, c.req.header('x-b') ?? null, c.req.cookie('c') ?? null]),
  )
}

/** The same by a Vary of its own. */
const vary: Plan = (app, cached) => {
  app.get('/a', cached(true), (c) =>
    c.json(
      [c.req.header('x-a') ?? null, c.req.header('x-b') ?? null, c.req.cookie('c') ?? null],
      200,
      { 'cache-control': 'max-age=60', vary: 'X-A, x-b, Cookie' },
    ),
  )
}

const FORGERIES: [title: string, attack: string[], victim: string[]][] = [
  ['empty and absent', ['X-A:'], []],
  ['a value moved to the next field', ['X-A: 1', 'X-B:'], ['X-A:', 'X-B: 1']],
  ['a separator in a value', ['X-A: 1|hx-b=1:2'], ['X-A: 1', 'X-B: 2']],
  ['the next part in a value', ['X-A: 1|h3:x-b=1:2|c1:c-'], ['X-A: 1', 'X-B: 2']],
  ['an equals sign', ['X-A: =1:x'], ['X-A: 1:x']],
  ['a length', ['X-A: 12', 'X-B: 3'], ['X-A: 1', 'X-B: 23']],
  ['a comma and two lines', ['X-A: 1', 'X-A: 2'], ['X-A: 1']],
  ['a JSON array', ['X-A: 1","2'], ['X-A: 1', 'X-B: 2']],
  ['a name in a value', ['X-A: x-b', 'X-B: 1'], ['X-A:', 'X-B: x-b: 1']],
  ['a digest', [`X-A: sha256:${'A'.repeat(43)}`], ['X-A: sha256:']],
  ['bytes beyond ASCII', ['X-A: \xe9'], ['X-A: \xc3\xa9']],
  ['very long values', [`X-A: ${'x'.repeat(4_000)}1`], [`X-A: ${'x'.repeat(4_000)}2`]],
  ['letters', ['X-A: EN'], ['X-A: en']],
  ['a tab for a space', ['X-A: 1\t2'], ['X-A: 1 2']],
  ['a cookie in a field', ['X-B: 1', 'X-A: c=1'], ['X-B: 1', 'Cookie: c=1']],
  ['an empty cookie', ['Cookie: c='], []],
  ['a cookie in quotes', ['Cookie: c="1|2"'], ['Cookie: c=1']],
  ['two lines of cookies', ['Cookie: b=1', 'Cookie: c=2'], ['Cookie: b=1, c=2']],
  ['a hidden hop', ['Connection: x-a', 'X-A: 1'], []],
]

describe.each([
  ['the fields of a policy', policy],
  ['the fields of Vary', vary],
])('%s', (_, plan) => {
  it.each(FORGERIES)('are kept apart: %s', async (_title, attack, victim) => {
    const site = await sites.open(plan)
    await site.survives({ attack: [get('/a', attack)], victim: get('/a', victim), hits: true })
    await site.cache.clear()
    await site.survives({ attack: [get('/a', victim)], victim: get('/a', attack), hits: true })
  })

  it.each([
    ['CR and LF', 'X-A: 1\r\nX-B: 2\r\n X-C: 3'],
    ['a bare LF', 'X-A: 1\nX-B: 2'],
    ['a bare CR', 'X-A: 1\rX-B: 2'],
    ['NUL', 'X-A: 1\0'],
    ['a space before the colon', 'X-A : 1'],
    ['no colon', 'X-A'],
    ['no name', ': 1'],
  ])('cannot be written with %s', async (_title, line) => {
    const site = await sites.open(plan)
    expect((await site.ask(get('/a', [line]))).status).toBe(400)
    await site.survives({ attack: [get('/a', [line])], victim: get('/a'), hits: true })
  })
})

describe('the variants of one URL', () => {
  it('run out for whoever makes them up, and stay right for all others', async () => {
    const site = await sites.open(vary)
    const attack = Array.from({ length: 40 }, (_, i) => get('/a', [`X-A: ${i}`]))
    await site.survives({ attack, victim: get('/a'), hits: false })
    await site.survives({ attack: [], victim: attack[0] as string, hits: true, foolsNaive: false })
  })

  it.each(['*', 'X-A, *', 'x a', ''])('do not exist with Vary: %s', async (said) => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), (c) =>
        c.text(`${c.req.header('x-a')}`, 200, { 'cache-control': 'max-age=60', vary: said }),
      )
    })
    await site.survives({ attack: [get('/a', ['X-A: evil'])], victim: get('/a'), hits: false })
  })
})

describe('targeted fields and wishes of a client', () => {
  it.each([
    'Strata-Cache-Control: max-age=600, public',
    'CDN-Cache-Control: max-age=600',
    'Surrogate-Control: max-age=600',
    'Surrogate-Key: home',
    'Cache-Control: public, s-maxage=600',
    'Expires: Fri, 01 Jan 2999 00:00:00 GMT',
    'Vary: X',
    'Age: 0',
  ])('%s stores nothing', async (field) => {
    const site = await sites.open((app, cached) => {
      app.get('/a', cached(true), (c) => c.text(`${c.req.header('cookie')}`))
      app.get('/b', cached(true), (c) => c.text('own', 200, { 'cache-control': 'no-store' }))
    })
    for (const path of ['/a', '/b']) {
      await site.survives({
        attack: [get(path, [field, 'Cookie: sid=evil'])],
        victim: get(path),
        hits: false,
        foolsNaive: path === '/a',
      })
    }
  })

  it.each([
    'Cache-Control: no-store',
    'Cache-Control: no-cache',
    'Cache-Control: max-age=0',
    'Pragma: no-cache',
    'Cache-Control: only-if-cached',
  ])('%s does not empty a policy’s cache', async (field) => {
    let runs = 0
    const site = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), () => {
        runs++
        return 'page'
      })
    })
    await site.ask(get('/a'))
    for (let i = 0; i < 3; i++) expect((await site.ask(get('/a', [field]))).body).toBe('page')
    expect(runs).toBe(1)
  })
})
