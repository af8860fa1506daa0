import { AsyncLocalStorage } from 'node:async_hooks'
import { once } from 'node:events'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createServer, type Server, type ServerOptions } from '../../../src/server/index.js'
import { piecesOf } from '../../../src/server/body-source.js'
import { ANSWER_FLAG, REQUEST_FLAG } from '../../../src/server/native-wire.js'
import { Reply } from '../../../src/server/reply.js'
import { gate } from '../../support/gate.js'
import { heardRecord, NOBODYS, requestRecord } from '../../support/native-records.js'
import { NO_STATS, type ScriptedFront, scriptedBinding } from '../../support/scripted-front.js'

const script = vi.hoisted(() => ({ load: (): unknown => undefined }))
vi.mock('../../../src/native/binding.js', () => ({ loadBinding: async () => script.load() }))

let app: Server
let front: ScriptedFront
const said: object[] = []

async function open(routes: (app: Server) => void, options: ServerOptions = {}): Promise<void> {
  const logger = { info: () => undefined, warn: (details: object) => void said.push(details) }
  app = createServer({ port: 0, native: true, logger, ...options })
  routes(app)
  await app.listen()
  front = scripted.front()
}

let scripted: ReturnType<typeof scriptedBinding>

beforeEach(() => {
  said.length = 0
  scripted = scriptedBinding()
  script.load = () => ({ binding: scripted.binding })
})

afterEach(() => app.close({ timeout: 0 }))

const POST = { method: 'POST', target: '/', length: 5 } as const

describe('listen', () => {
  it('hands over where to listen, the limits and the routes', async () => {
    await open((app) => app.get('/a/:id', () => 'a'), {
      host: 'localhost',
      port: 8080,
      hosts: ['example.com'],
      timeouts: { handler: false, idle: '1m' },
    })
    expect(front.config).toMatchObject({
      ip: expect.stringMatching(/^(?:127\.0\.0\.1|::1)$/),
      port: 8080,
      headerBytes: 16_384,
      headerFields: 100,
      idleTimeout: 60_000,
      handlerTimeout: 0,
    })
    expect(JSON.parse(front.programs[0] ?? '')).toMatchObject({
      version: 1,
      allow: 'GET, HEAD, OPTIONS',
      hosts: ['example.com'],
      redirectTrailingSlash: false,
      rules: [null],
      table: { version: 1, names: [['id']] },
    })
    expect([app.native, app.describe()]).toEqual([
      true,
      `listening on http://${front.config.ip.replace('::1', '[::1]')}:80 (native listener)`,
    ])
  })

  it('says so where there is no addon: once, and by an error when one is demanded', async () => {
    const warned = vi.spyOn(process, 'emitWarning').mockImplementation(() => undefined)
    script.load = () => ({ reason: 'none was built' })
    for (let i = 0; i < 2; i++) {
      app = createServer({ port: 0 })
      await app.listen()
      expect(app.native).toBe(false)
      expect(app.describe()).toMatch(/ \(TypeScript listener: none was built\)$/)
      await app.close()
    }
    expect(warned.mock.calls.map(([message]) => message)).toEqual([
      'the TypeScript listener runs: none was built; native: false says that it is meant to',
    ])
    warned.mockRestore()
    app = createServer({ port: 0, native: true })
    await expect(app.listen()).rejects.toMatchObject({
      code: 'STRATA_NATIVE_UNAVAILABLE',
      message: 'none was built',
    })
  })

  it('gives other routes at once for all that were added in one go', async () => {
    await open((app) => app.get('/a', () => 'a'))
    app.get('/b', () => 'b').get('/c', () => 'c')
    await Promise.resolve()
    expect(front.programs.map((json) => JSON.parse(json).version)).toEqual([1, 2])
    expect(JSON.parse(front.programs[1] ?? '').rules).toHaveLength(3)
  })
})

describe('a request', () => {
  it('is answered with what its handler returns', async () => {
    await open((app) => {
      app.get('/text', (c) => c.text('é', 201, { 'x-a': 'ä', connection: 'x', date: 'now' }))
      app.get('/later', async (c) => ({ id: c.req.query('id'), a: c.req.header('a') }))
    })
    front.say(
      requestRecord({ target: '/text', slot: 1 }),
      requestRecord({ target: '/later?id=5', slot: 2, fields: ['a', '1'] }),
    )
    const [text, later] = await front.heard(2)
    expect(text).toMatchObject({
      kind: 'respond',
      slot: 1,
      status: 201,
      flags: ANSWER_FLAG.hasDate,
    })
    expect(text?.head).toContain('x-a: ä\r\n')
    expect(text?.head).not.toContain('connection')
    expect(text?.body?.toString()).toBe('é')
    expect(later).toMatchObject({
      slot: 2,
      status: 200,
      head: 'content-type: application/json\r\n',
    })
    expect(later?.body?.toString()).toBe('{"id":"5","a":"1"}')
  })

  it('goes to the route that was found, if it was found in the routes of now', async () => {
    await open((app) => app.get('/a/:id', (c) => c.params.id).get('/b', () => 'b'))
    const target = '/a/%41%C3%a9'
    const found = { target, path: '/a/A%C3%A9', route: 0, ranges: [3, 10] }
    front.say(
      requestRecord({ ...found, version: 1, slot: 1 }),
      requestRecord({ ...found, version: 0, route: 1, ranges: [], slot: 2 }),
      requestRecord({ ...found, version: 1, ranges: [3, 6], slot: 3 }),
    )
    const told = await front.heard(3)
    expect(told.map(({ body }) => body?.toString())).toEqual(['Aé', 'Aé', expect.any(String)])
    expect(told[2]?.status).toBe(400)
  })

  it('is answered with what it has none for', async () => {
    await open((app) => app.get('/a', () => 'a'), { hosts: ['x'] })
    front.say(
      requestRecord({ target: '/none', slot: 1 }),
      requestRecord({ target: '/a', method: 'PUT', slot: 2 }),
      requestRecord({ target: '/a', method: 'PROPFIND', slot: 3 }),
      requestRecord({ target: '/a', authority: 'y', slot: 4 }),
      requestRecord({ target: '*', method: 'OPTIONS', slot: 5 }),
    )
    const told = [...(await front.heard(5))].sort((a, b) => a.slot - b.slot)
    expect(told.map(({ status }) => status)).toEqual([404, 405, 501, 421, 204])
    expect(told[1]?.head).toContain('allow: GET, HEAD, OPTIONS\r\n')
  })

  it('of HEAD, or answered 204, 205 or 304, has no body', async () => {
    await open((app) => {
      app.get('/a', (c) => c.text('abc'))
      app.get('/stream', (c) => c.stream(pieces('abc'), 200, { 'content-length': '3' }))
      app.get('/:status', (c) => c.text('abc', Number(c.params.status)))
    })
    front.say(
      requestRecord({ method: 'HEAD', target: '/a', slot: 1 }),
      requestRecord({ method: 'HEAD', target: '/stream', slot: 2 }),
      ...[204, 205, 304].map((status, i) => requestRecord({ target: `/${status}`, slot: 3 + i })),
    )
    const told = await front.heard(5)
    expect(told.map(({ flags, length, body }) => [flags, length, body?.length])).toEqual([
      [ANSWER_FLAG.isBodiless, 3, 0],
      [ANSWER_FLAG.isBodiless, 3, 0],
      [ANSWER_FLAG.isBodiless, undefined, 0],
      [ANSWER_FLAG.isBodiless, 0, 0],
      [ANSWER_FLAG.isBodiless, undefined, 0],
    ])
  })

  it('that is the last of its connection is answered so', async () => {
    await open((app) => app.get('/', () => 'a'))
    front.say(requestRecord({ flags: REQUEST_FLAG.isLast }))
    expect((await front.heard(1))[0]?.flags).toBe(ANSWER_FLAG.closes)
  })

  it('is interrupted when its handler takes too long', async () => {
    const late = gate()
    await open((app) => app.get('/', () => late.promise), { timeouts: { handler: 10 } })
    front.say(requestRecord({}))
    expect((await front.heard(1))[0]?.status).toBe(504)
    late.open()
    await new Promise((done) => setTimeout(done, 5))
    expect(front.told).toHaveLength(1)
  })

  it('whose client goes away aborts its signal, and is not answered', async () => {
    const started = gate()
    const aborted = gate<unknown>()
    await open((app) =>
      app.get('/', async ({ req: { signal } }) => {
        started.open()
        await once(signal, 'abort')
        aborted.open(signal.reason)
        throw signal.reason
      }),
    )
    front.say(requestRecord({ slot: 7, generation: 3 }))
    await started.promise
    front.say(heardRecord('gone', { slot: 7, generation: 2 }))
    front.say(heardRecord('gone', { slot: 7, generation: 3 }))
    expect(await aborted.promise).toMatchObject({ name: 'AbortError' })
    await new Promise((done) => setTimeout(done, 5))
    expect([front.told, app.stats().errors]).toEqual([[], 0])
  })

  it('is counted once, and with it what Rust has answered', async () => {
    await open((app) => app.get('/', () => 'a'))
    front.say(requestRecord({}))
    await front.heard(1)
    front.stats_ = { ...NO_STATS, requests: 5, refused: 2, aborted: 1, connections: 3, hits: 4 }
    expect(app.stats()).toMatchObject({ requests: 5, refused: 2, aborted: 1, connections: 3 })
  })

  it('has a context of its own', async () => {
    const storage = new AsyncLocalStorage<string>()
    await open((app) =>
      app.get('/:name', async (c) => {
        const before = storage.getStore()
        storage.enterWith(c.params.name)
        await Promise.resolve()
        return `${before} ${storage.getStore()}`
      }),
    )
    for (const slot of [1, 3]) {
      front.say(...[0, 1].map((i) => requestRecord({ target: `/${slot + i}`, slot: slot + i })))
      await front.heard(slot + 1)
    }
    const texts = front.told.map(({ body }) => body?.toString())
    expect(texts).toEqual([1, 2, 3, 4].map((name) => `undefined ${name}`))
  })
})

describe('answers', () => {
  it('go in one batch: those that are there at once, and those of one moment', async () => {
    await open((app) => app.get('/now', () => 'a').get('/soon', async () => 'b'))
    front.say(...[1, 2, 3].map((slot) => requestRecord({ target: '/now', slot })))
    await front.heard(3)
    front.say(...[1, 2, 3].map((slot) => requestRecord({ target: '/soon', slot })))
    await front.heard(6)
    expect(front.batches.map((batch) => batch.length)).toEqual([3, 3])
  })

  it('may be larger than the buffer they go in', async () => {
    await open((app) => app.get('/:n', (c) => new Uint8Array(Number(c.params.n)).fill(1)))
    const sizes = [300_000, 700_000, 5, 900_000]
    front.say(...sizes.map((n, slot) => requestRecord({ target: `/${n}`, slot })))
    const told = await front.heard(4)
    expect(told.map(({ body }) => body?.length)).toEqual(sizes)
    expect(told.every(({ body }) => body?.every((byte) => byte === 1))).toBe(true)
  })

  it.each([
    ['a name', ['a b', 'c']],
    ['an empty name', ['', 'c']],
    ['a value with a line of its own', ['x-a', 'a\r\nset-cookie: b']],
    ['a value with NUL', ['x-a', 'a\0']],
    ['a value that is no Latin-1', ['x-a', '\u010d\u010a']],
    ['a long value', ['x-a', `${'a'.repeat(100)}\nb`]],
  ])('with %s that cannot be written are 500', async (_, fields) => {
    await open((app) => app.get('/', () => new Fake(fields)))
    front.say(requestRecord({}))
    const [told] = await front.heard(1)
    expect([told?.status, told?.head]).toEqual([500, 'content-type: application/problem+json\r\n'])
    expect(said).toHaveLength(1)
  })
})

/** Something that looks like a WHATWG response and is stricter about nothing. */
class Fake {
  readonly status = 200
  readonly headers: { forEach(each: (value: string, name: string) => void): void }
  readonly body = null

  constructor([name = '', value = '']: readonly string[]) {
    this.headers = { forEach: (each) => each(value, name) }
  }

  async arrayBuffer(): Promise<ArrayBuffer> {
    return new ArrayBuffer(0)
  }
}

describe('a body', () => {
  const echo = (app: Server): unknown => app.post('/', { bodyBytes: 8 }, (c) => c.req.text())

  it('that came with the head is read without asking', async () => {
    await open(echo)
    front.say(requestRecord({ ...POST, body: Buffer.from('abc') }))
    const [told] = await front.heard(1)
    expect(told?.body?.toString()).toBe('abc')
  })

  it('is asked for piece by piece', async () => {
    await open(echo)
    front.say(requestRecord(POST))
    expect((await front.heard(1))[0]?.kind).toBe('bodyPull')
    front.say(heardRecord('bodyData', {}, [2], Buffer.from('ab')))
    await front.heard(2)
    front.say(heardRecord('bodyData', {}, [3], Buffer.from('cde')))
    await front.heard(3)
    front.say(heardRecord('bodyEnd'))
    expect((await front.heard(4))[3]?.body?.toString()).toBe('abcde')
  })

  it('that is longer than allowed is 413: by its length, or by what comes', async () => {
    await open(echo)
    front.say(requestRecord({ ...POST, length: 9 }))
    expect((await front.heard(1))[0]?.status).toBe(413)
    front.say(requestRecord({ ...POST, length: undefined }))
    await front.heard(2)
    front.say(heardRecord('bodyData', {}, [9], Buffer.alloc(9)))
    expect((await front.heard(3))[2]?.status).toBe(413)
    front.say(requestRecord({ ...POST, body: Buffer.alloc(9) }))
    expect((await front.heard(4))[3]?.status).toBe(413)
  })

  it.each([408, 400])('that fails is %s', async (status) => {
    await open(echo)
    front.say(requestRecord(POST))
    await front.heard(1)
    front.say(heardRecord('bodyError', {}, [status]))
    expect((await front.heard(2))[1]?.status).toBe(status)
    expect(said).toEqual([])
  })

  it('whose client goes away rejects what reads it', async () => {
    const failed = gate<unknown>()
    await open((app) => app.post('/', (c) => c.req.bytes().catch((error) => failed.open(error))))
    front.say(requestRecord(POST))
    await front.heard(1)
    front.say(heardRecord('gone'))
    expect(await failed.promise).toMatchObject({ status: 400 })
  })

  it('whose request is answered already rejects what reads it', async () => {
    const failed = gate<unknown>()
    await open((app) => app.post('/', (c) => c.req.bytes().catch((error) => failed.open(error))), {
      timeouts: { handler: 10 },
    })
    front.say(requestRecord(POST))
    expect((await front.heard(2))[1]?.status).toBe(504)
    expect(await failed.promise).toMatchObject({ status: 400 })
  })
})

describe('a body that is sent piece by piece', () => {
  it('begins with its head, and ends', async () => {
    await open((app) => app.get('/', (c) => c.stream(pieces('one', '', 'two'), 201)))
    front.say(requestRecord({}))
    const told = await front.heard(4)
    expect(told.map(({ kind }) => kind)).toEqual([
      'streamStart',
      'streamData',
      'streamData',
      'streamEnd',
    ])
    expect(told[0]).toMatchObject({ status: 201, length: undefined })
  })

  it('sends its head by itself when nothing comes', async () => {
    const more = gate()
    await open((app) =>
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            await more.promise
            yield 'a'
          })(),
        ),
      ),
    )
    front.say(requestRecord({}))
    expect((await front.heard(1)).map(({ kind }) => kind)).toEqual(['streamStart'])
    more.open()
    await front.heard(3)
  })

  it('waits for a client that takes nothing', async () => {
    let made = 0
    await open((app) =>
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            for (; made < 10; made++) yield new Uint8Array(100_000)
          })(),
        ),
      ),
    )
    front.say(requestRecord({}))
    const told = await front.heard(4)
    expect(told.map(({ flags }) => flags)).toEqual([0, 0, 0, 1])
    await new Promise((done) => setTimeout(done, 5))
    expect(made).toBe(2)
    front.say(heardRecord('drained'))
    await front.heard(7)
    front.say(heardRecord('gone'))
    await new Promise((done) => setTimeout(done, 5))
    expect(front.told).toHaveLength(7)
  })

  it('that is whole and large is sent in parts, with its length', async () => {
    await open((app) => app.get('/', () => new Uint8Array(1_500_000)))
    front.say(requestRecord({}))
    let bytes = 0
    for (let seen = 0; bytes < 1_500_000;) {
      const told = await front.heard(seen + 1)
      for (; seen < told.length; seen++) {
        bytes += told[seen]?.body?.length ?? 0
        if (told[seen]?.flags === 1) front.say(heardRecord('drained'))
      }
    }
    expect(front.told[0]).toMatchObject({ kind: 'streamStart', length: 1_500_000 })
  })

  it('is 500 when it fails before it began, and cut short after', async () => {
    await open((app) => {
      app.get('/early', (c) => c.stream(failing()))
      app.get('/late', (c) => c.stream(failing('part')))
      app.get('/short', (c) => c.stream(pieces('ab'), 200, { 'content-length': '3' }))
      app.get('/long', (c) => c.stream(pieces('abcd'), 200, { 'content-length': '3' }))
    })
    const kinds = async (target: string, count: number): Promise<unknown> => {
      const before = front.told.length
      front.say(requestRecord({ target }))
      return (await front.heard(before + count)).slice(before).map(({ kind }) => kind)
    }
    expect(await kinds('/early', 1)).toEqual(['respond'])
    expect(front.told[0]).toMatchObject({ status: 500, flags: ANSWER_FLAG.closes })
    expect(await kinds('/late', 3)).toEqual(['streamStart', 'streamData', 'streamAbort'])
    expect(await kinds('/short', 3)).toEqual(['streamStart', 'streamData', 'streamAbort'])
    expect(await kinds('/long', 2)).toEqual(['streamStart', 'streamAbort'])
    expect(said).toHaveLength(4)
  })
})

describe('a body that cannot be sent', () => {
  const ended: string[] = []
  const source = (name: string): AsyncIterable<string> =>
    (async function* () {
      try {
        for (;;) yield 'ab'
      } finally {
        ended.push(name)
      }
    })()

  it('is over for its source', async () => {
    ended.length = 0
    const body = (name: string): ReadableStream =>
      new ReadableStream({ cancel: () => void ended.push(name) })
    await open((app) => {
      app.get('/long', (c) => c.stream(source('long'), 200, { 'content-length': '3' }))
      app.get('/field', () => new Reply(200, ['x-a', 'a\r\nb: c'], piecesOf(source('field'))))
      app.get('/head', () => new Reply(200, ['x-a', '\0'], piecesOf(body('head'))))
    })
    front.say(requestRecord({ target: '/long', slot: 1 }))
    front.say(requestRecord({ target: '/field', slot: 2 }))
    front.say(requestRecord({ target: '/head', method: 'HEAD', slot: 3 }))
    await vi.waitFor(() => expect(ended.toSorted()).toEqual(['field', 'head', 'long']))
    expect(front.told.filter(({ status }) => status === 500)).toHaveLength(2)
  })

  it('lets others have their turn, however small its pieces are', async () => {
    let made = 0
    await open((app) => {
      app.get('/', (c) =>
        c.stream(
          (async function* () {
            for (; made < 100_000; made++) yield 'a'
          })(),
        ),
      )
    })
    front.say(requestRecord({}))
    await front.heard(100)
    await new Promise((done) => setTimeout(done, 5))
    expect(made).toBeLessThan(300)
  })
})

describe('a front that refuses what it is told', () => {
  it('is told something else, and ends', async () => {
    await open((app) => app.get('/', () => 'a'))
    const exchange = vi.spyOn(front, 'exchange').mockImplementationOnce(() => {
      throw new Error('no record')
    })
    front.say(requestRecord({}))
    await vi.waitFor(() => expect(exchange.mock.calls.length).toBeGreaterThan(1))
    expect(said).toMatchObject([{ err: { message: 'no record' } }])
    await app.close()
    expect(front.isJoined).toBe(true)
  })
})

describe('a fill', () => {
  it('is over when its request is answered', async () => {
    await open((app) => app.get('/', async () => 'a'))
    front.say(requestRecord({ fill: 9 }))
    const told = await front.heard(2)
    expect(told[1]).toMatchObject({ kind: 'fillEnd', token: 9, flags: 0, ...NOBODYS })
  })

  it('that nobody waits for is not answered, nor counted', async () => {
    await open((app) => app.get('/', async () => 'a'))
    front.say(requestRecord({ fill: 9, flags: REQUEST_FLAG.isBackground, ...NOBODYS }))
    const told = await front.heard(1)
    expect([told[0]?.kind, app.stats().requests]).toEqual(['fillEnd', 0])
  })
})

async function* pieces(...texts: readonly string[]): AsyncIterable<string> {
  yield* texts
}

async function* failing(...texts: readonly string[]): AsyncIterable<string> {
  yield* texts
  throw new Error('it failed')
}
