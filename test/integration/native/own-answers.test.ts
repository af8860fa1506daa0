import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Cache, createCache } from '../../../src/index.js'
import {
  type Context,
  createServer,
  type RouteCacheOption,
  type Server,
} from '../../../src/server/index.js'
import { Dice } from '../../support/dice.js'
import { describeNative } from '../../support/native.js'
import { Wire, type WireAnswer } from '../../support/wire.js'

const ROUNDS = Number(process.env['STRATA_FUZZ_ROUNDS'] ?? 1) * 1_500
const SEED = Number(process.env['STRATA_FUZZ_SEED'] ?? 1)

interface Site {
  readonly cache: RouteCacheOption
  /** What the answer is made of: nothing but the request. */
  readonly say: (c: Context) => unknown
  readonly fields?: Record<string, string>
}

/** Each route is there twice: cached, and plain. */
const SITES: Record<string, Site> = {
  '/listed': {
    cache: { ttl: '1m', key: { query: ['q', 'r'] } },
    say: (c) => [c.req.queries('q'), c.req.queries('r')],
  },
  '/unlisted': {
    cache: { ttl: '1m', key: { query: ['q'] } },
    say: (c) => [c.req.query('q'), c.req.query('r')],
  },
  '/whole': { cache: { ttl: '1m' }, say: (c) => [c.params['id'], c.req.query('q')] },
  '/keyed': {
    cache: { ttl: '1m', key: { headers: ['x-a', 'x-b'] } },
    say: (c) => [c.req.header('x-a'), c.req.header('x-b')],
  },
  '/unkeyed': { cache: { ttl: '1m' }, say: (c) => c.req.header('x-a') },
  '/cookies': {
    cache: { ttl: '1m', key: { cookies: ['sid', 'u'] } },
    say: (c) => [c.req.cookie('sid'), c.req.cookie('u')],
  },
  '/other-cookies': { cache: { ttl: '1m' }, say: (c) => c.req.header('cookie') },
  '/user': { cache: { ttl: '1m' }, say: (c) => c.req.header('authorization') },
  '/varied': {
    cache: true,
    say: (c) => [c.req.header('x-a'), c.req.header('cookie')],
    fields: { 'cache-control': 'max-age=60', vary: 'x-a, cookie' },
  },
  '/private': {
    cache: true,
    say: (c) => c.req.header('cookie'),
    fields: { 'cache-control': 'private, max-age=60' },
  },
  '/public': {
    cache: true,
    say: (c) => [c.req.header('authorization'), c.req.header('cookie')],
    fields: { 'cache-control': 'public, max-age=60', vary: 'authorization, cookie' },
  },
}

const QUERIES = [
  [
    '',
    '',
    '',
    '?',
    '?q=1',
    '?q=2',
    '?q=1&r=2',
    '?r=2&q=1',
    '?%71=1',
    '?q=1&q=2',
    '?q',
    '?q=',
    '?q=%31',
  ],
  [
    '?q=1&x=2',
    '?Q=1',
    '?q+=1',
    '?r=1&r=2',
    '?&q=1',
    '?q=1?q=2',
    '??q=1',
    '?q=a+b',
    '?q=1;r=2',
    '?=1',
  ],
].flat()

const VALUES: Record<string, readonly string[]> = {
  'x-a': ['', 'a', 'b', 'a, b', 'a,b', '\xe9', ' a ', 'A'],
  'X-B': ['', 'a', 'b', 'a, b'],
  cookie: [
    'sid=1',
    'sid=2',
    'sid = 1',
    'sid=1; sid=2',
    'u=9; sid=2',
    '; sid=1',
    'xsid=1;sid=2',
    'sid',
    'sid="1"',
  ],
  Cookie: ['sid=1', 'Sid=1', 'u=a', '', '\xa0sid=1', 'sid=1,sid=2'],
  authorization: ['', 'Basic a', 'Bearer b'],
  'accept-encoding': ['gzip', 'br', '', '*;q=0'],
  'cache-control': ['no-cache', 'max-age=0', 'no-store'],
  'if-none-match': ['*', '"a"', ''],
  range: ['bytes=0-1'],
  connection: ['keep-alive', 'x-a', 'cookie', 'authorization, x-b'],
  'x-http-method-override': ['POST'],
}

interface Asked {
  readonly path: string
  readonly fields: string
  readonly host: string
}

function requestOf(dice: Dice): Asked {
  const path = `${dice.pick(Object.keys(SITES))}/${dice.pick(['1', '1', '%31', 'a%2Fb'])}${dice.pick(QUERIES)}`
  let fields = ''
  for (let left = dice.int(0, 3); left > 0; left--) {
    const name = dice.pick(Object.keys(VALUES))
    fields += `${name}: ${dice.pick(VALUES[name] ?? [])}\r\n`
  }
  return { path, fields, host: dice.pick(['a', 'a', 'A', 'a:80', 'a:81']) }
}

describeNative('whoever asks the native listener', () => {
  let cache: Cache
  let app: Server
  let port = 0

  beforeAll(async () => {
    cache = createCache({ logger: false })
    app = createServer({ port: 0, native: true, cache, logger: false })
    for (const [path, { cache: option, say, fields }] of Object.entries(SITES)) {
      const handler = (c: Context): unknown =>
        c.text(JSON.stringify(say(c) ?? null), 200, { ...fields })
      app.get(`${path}/:id`, { cache: option }, handler)
      app.get(`/plain${path}/:id`, handler)
    }
    port = (await app.listen()).port
  })

  afterAll(async () => {
    await app.close({ timeout: 0 })
    await cache.close()
  })

  it(`is answered what the handler would say to him (seed ${SEED})`, async () => {
    const dice = new Dice(SEED)
    const wrong: string[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const { path, fields, host } = requestOf(dice)
      const ask = (prefix: string): Promise<WireAnswer | undefined> =>
        answerTo(`GET ${prefix}${path} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`, port)
      const cached = await ask('')
      const plain = await ask('/plain')
      if (cached?.status === 200 && plain?.status === 200 && cached.body !== plain.body) {
        wrong.push(
          `${cached.body}, not ${plain.body}, to ${JSON.stringify({ path, fields, host })}`,
        )
      }
    }
    expect(wrong).toEqual([])
    // many of them from the store: else nothing would be shown
    expect(app.stats().hits).toBeGreaterThan(ROUNDS / 10)
  })
})

async function answerTo(message: string, port: number): Promise<WireAnswer | undefined> {
  const wire = await Wire.open(port)
  wire.send(message)
  const answer = await wire.next()
  wire.close()
  return answer
}
