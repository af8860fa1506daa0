import { afterEach, describe, expect, it } from 'vitest'
import { AttackedSites, isHit, type Plan } from '../../../support/attacked-site.js'
import { gate } from '../../../support/gate.js'
import { AMBIGUOUS } from '../../../support/raw-messages.js'
import { get, linesOf } from '../../../support/wire.js'

const sites = new AttackedSites()
afterEach(() => sites.close())

const site: Plan = (app, cached) => {
  app.get('/a', cached({ ttl: '1m' }), () => 'page')
  app.get('/admin', (c) => c.text('admin'))
  app.post('/a', async (c) => c.text(`posted ${await c.req.text()}`))
}

describe('a message with', () => {
  it.each(AMBIGUOUS)('%s is refused, and what follows is no request', async (_, bytes) => {
    const attacked = await sites.open(site)
    const wire = await attacked.wire()
    wire.send(bytes)
    const answer = await wire.next()
    expect(answer === undefined || answer.status >= 400).toBe(true)
    expect(await wire.rest()).not.toContain('admin')
    await attacked.survives({ attack: [], victim: get('/a'), hits: true, foolsNaive: false })
  })
})

describe('hop-by-hop fields', () => {
  const varied: Plan = (app, cached) => {
    app.get('/a', cached({ ttl: '1m', key: { headers: ['x-tenant'] } }), (c) =>
      c.text(`tenant ${c.req.header('x-tenant')}`),
    )
  }
  it.each(['close', 'x-tenant', 'Cookie, Authorization, Host', 'cache-control', '@, ,x-tenant'])(
    'Connection: %s strips nothing that protects or tells apart',
    async (options) => {
      for (const plan of [site, varied]) {
        const attacked = await sites.open(plan)
        const attack = get('/a', [
          `Connection: ${options}`,
          'X-Tenant: evil',
          'Cache-Control: no-store',
        ])
        await attacked.survives({
          attack: [attack],
          victim: get('/a'),
          hits: true,
          foolsNaive: plan === varied,
        })
      }
    },
  )

  it('of an answer do not strip what forbids to keep it', async () => {
    for (const [name, value] of [
      ['cache-control', 'private'],
      ['set-cookie', 'sid=1'],
      ['vary', '*'],
    ] as const) {
      for (const option of [true, { ttl: '1m' }] as const) {
        const attacked = await sites.open((app, cached) => {
          app.get('/a', cached(option), (c) => {
            c.header('cdn-cache-control', 'max-age=60')
            c.header('connection', name)
            c.header(name, value)
            return 'own'
          })
        })
        const { fields } = await attacked.ask(get('/a'))
        expect(linesOf(fields, name)).toEqual([value])
        if (name === 'cache-control' && option === true) continue // its targeted field counts
        await attacked.survives({ attack: [], victim: get('/a'), hits: false, foolsNaive: false })
      }
    }
  })

  it('of an answer are not kept', async () => {
    const attacked = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) => {
        for (const name of ['keep-alive', 'x-hop', 'proxy-authenticate', 'te']) c.header(name, '1')
        c.header('connection', 'x-hop, keep-alive')
        c.header('transfer-encoding', 'gzip')
        return 'page'
      })
    })
    for (let i = 0; i < 2; i++) {
      const { fields, body } = await attacked.ask(get('/a'))
      expect(body).toBe('page')
      for (const name of ['x-hop', 'proxy-authenticate', 'te', 'transfer-encoding']) {
        expect(linesOf(fields, name)).toEqual([])
      }
    }
  })
})

describe('a field of an answer with', () => {
  it.each([
    'a\r\nSet-Cookie: sid=evil',
    'a\nX: 1',
    'a\rX: 1',
    'a\0',
    'a\r\n\r\n<html>',
    'a\u010d\u010aX: 1',
  ])('%j splits nothing, and nothing is kept', async (value) => {
    const attacked = await sites.open((app, cached) => {
      const echo = (text: string | undefined): string => text ?? ''
      app.get('/text', cached({ ttl: '1m' }), (c) =>
        c.text('page', 200, { 'x-echo': echo(c.req.query('x')) }),
      )
      app.get('/whatwg', cached({ ttl: '1m' }), (c) => {
        return new Response('page', { headers: { 'x-echo': echo(c.req.query('x')) } })
      })
      app.get('/redirect', cached({ ttl: '1m', statuses: [302] }), (c) =>
        c.redirect(`/to?${echo(c.req.query('x'))}`),
      )
    })
    for (const path of ['/text', '/whatwg', '/redirect']) {
      const target = `${path}?x=${encodeURIComponent(value)}`
      for (let i = 0; i < 2; i++) {
        const { fields, body } = await attacked.ask(get(target))
        expect(linesOf(fields, 'set-cookie').concat(linesOf(fields, 'x'))).toEqual([])
        expect(body).not.toContain('<html>')
      }
      await attacked.survives({ attack: [get(target)], victim: get(path), hits: true })
    }
  })
})

describe('a body', () => {
  const sized =
    (length: number, text: string, isPieces: boolean): Plan =>
    (app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) => {
        c.header('content-length', String(length))
        return isPieces ? c.stream(piecesOf(text)) : c.text(text)
      })
    }
  it.each([
    ['shorter than it says', 9, 'page'],
    ['longer than it says', 2, 'page'],
  ])('that is %s is not kept', async (_, length, text) => {
    for (const isPieces of [true, false]) {
      const attacked = await sites.open(sized(length, text, isPieces))
      for (let i = 0; i < 2; i++) {
        const wire = await attacked.wire()
        wire.send(get('/a', ['Connection: close']))
        expect(await wire.rest()).not.toContain('strata; hit')
      }
    }
  })

  it('that breaks off is not kept, and the next client gets the whole', async () => {
    let runs = 0
    const attacked = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) => c.stream(broken(++runs === 1)))
    })
    const wire = await attacked.wire()
    wire.send(get('/a'))
    // it ends, and not as a whole body would
    expect(await wire.rest()).not.toContain('\r\n0\r\n\r\n')
    expect((await attacked.ask(get('/a'))).body).toBe('one two')
    expect(isHit(await attacked.ask(get('/a')))).toBe(true)
  })

  it('whose client goes away is kept in whole', async () => {
    const begun = gate()
    const gone = gate()
    let runs = 0
    const attacked = await sites.open((app, cached) => {
      app.get('/a', cached({ ttl: '1m' }), (c) => {
        runs++
        return c.stream(
          (async function* () {
            yield 'one '
            begun.open()
            await gone.promise
            yield 'two'
          })(),
        )
      })
    })
    const wire = await attacked.wire()
    wire.send(get('/a'))
    await begun.promise
    wire.close()
    const victim = attacked.ask(get('/a'))
    gone.open()
    expect((await victim).body).toBe('one two')
    expect((await attacked.ask(get('/a'))).body).toBe('one two')
    expect(runs).toBe(1)
  })

  it('longer than its policy keeps goes through whole, and is not kept', async () => {
    const long = 'x'.repeat(5_000)
    for (const isPieces of [true, false]) {
      const attacked = await sites.open((app, cached) => {
        app.get('/a', cached({ ttl: '1m', maxBody: '1kb' }), (c) =>
          isPieces ? c.stream(piecesOf(long)) : c.text(long),
        )
      })
      await attacked.survives({
        attack: [get('/a')],
        victim: get('/a'),
        hits: false,
        foolsNaive: false,
      })
    }
  })
})

async function* piecesOf(text: string): AsyncGenerator<string> {
  for (let at = 0; at < text.length; at += 1_000) yield text.slice(at, at + 1_000)
}

async function* broken(breaks: boolean): AsyncGenerator<string> {
  yield 'one '
  if (breaks) throw new Error('broken off')
  yield 'two'
}
