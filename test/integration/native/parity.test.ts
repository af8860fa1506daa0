import { afterAll, beforeAll, expect, it } from 'vitest'
import { createServer, type Server } from '../../../src/server/index.js'
import { ask, type Received } from '../../support/http-client.js'
import { describeNative } from '../../support/native.js'

const LONG = 'a page of some length, '.repeat(200)
const MODIFIED = new Date(0).toUTCString()

function routesOf(app: Server): void {
  const policy = {
    ttl: '1m',
    key: { query: ['a'], headers: { 'accept-language': ['en', 'de'] } },
  } as const
  app.get('/plain', { cache: { ttl: '1m' } }, (c) => c.text('plain', 200, { 'x-one': ['a', 'b'] }))
  app.get('/coded', { cache: { ttl: '1m', compress: true } }, (c) => c.text(LONG))
  app.get('/dated', { cache: { ttl: '1m' } }, (c) =>
    c.text('dated', 200, { 'last-modified': MODIFIED }),
  )
  app.get('/tagged', { cache: { ttl: '1m', client: '10s' } }, (c) =>
    c.text('x', 200, { etag: 'W/"v1"' }),
  )
  app.get('/large', { cache: { ttl: '1m' } }, (c) => c.bytes(Buffer.alloc(100_000, 'x')))
  app.get('/none', { cache: { ttl: '1m', statuses: [204] } }, (c) => c.text('', 204))
  app.get('/reset', { cache: { ttl: '1m', statuses: [205] } }, (c) => c.text('', 205))
  app.get('/reset/wrongly', { cache: { ttl: '1m', statuses: [205] } }, (c) => c.text('more', 205))
  app.get('/moved', { cache: { ttl: '1m', statuses: [301] } }, (c) => c.redirect('/plain', 301))
  app.get('/missing', { cache: { ttl: '1m', statuses: [404] } }, (c) => c.text('no', 404))
  app.get('/keyed', { cache: policy }, (c) =>
    c.json([c.req.query('a'), c.req.header('accept-language')]),
  )
  app.get('/cookie', { cache: { ttl: '1m', key: { cookies: ['b'] } } }, (c) =>
    c.text(c.req.cookie('b') ?? 'none'),
  )
  app.get('/own', { cache: true }, (c) => {
    const language = c.req.header('accept-language') ?? 'none'
    return c.text(language, 200, { 'cache-control': 'max-age=60', vary: 'accept-language' })
  })
  app.get('/caf%C3%A9/:name', { cache: { ttl: '1m' } }, (c) => c.text(c.params.name))
}

interface Asked {
  readonly path: string
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** Answered by Rust. */
  readonly native: boolean
}

const ETAG = '*'

const requests: Asked[] = [
  { path: '/plain', native: true },
  { path: '/plain', method: 'HEAD', native: true },
  { path: '/plain', headers: { 'if-none-match': ETAG }, native: true },
  { path: '/plain', headers: { 'if-none-match': '"other", W/"more"' }, native: true },
  { path: '/plain', headers: { 'cache-control': 'no-cache', pragma: 'no-cache' }, native: true },
  { path: '/plain', headers: { cookie: 'a=1' }, native: true },
  { path: '/plain', headers: { authorization: 'Basic YTpi' }, native: false },
  { path: '/plain', headers: { range: 'bytes=1-2' }, native: false },
  { path: '/plain', headers: { range: 'bytes=90-' }, native: false },
  { path: '/plain', headers: { 'if-match': '"no"' }, native: false },
  { path: '/plain?a=1', native: true },
  { path: '/plain?', native: true },
  { path: '/%70lain', native: true },
  { path: '/coded', native: true },
  { path: '/coded', headers: { 'accept-encoding': 'gzip, deflate, br' }, native: true },
  { path: '/coded', headers: { 'accept-encoding': 'gzip' }, native: true },
  { path: '/coded', headers: { 'accept-encoding': 'gzip;q=0.5, *' }, native: true },
  { path: '/coded', headers: { 'accept-encoding': 'identity, br;q=0' }, native: true },
  { path: '/coded', method: 'HEAD', headers: { 'accept-encoding': 'br' }, native: true },
  { path: '/coded', headers: { 'accept-encoding': 'br', 'if-none-match': ETAG }, native: true },
  { path: '/dated', native: true },
  { path: '/dated', headers: { 'if-modified-since': MODIFIED }, native: false },
  {
    path: '/dated',
    headers: { 'if-none-match': ETAG, 'if-modified-since': 'no date' },
    native: true,
  },
  { path: '/tagged', native: true },
  { path: '/tagged', headers: { 'if-none-match': '"v1"' }, native: true },
  { path: '/large', native: true },
  { path: '/large', method: 'HEAD', native: true },
  { path: '/none', native: true },
  { path: '/none', method: 'HEAD', native: true },
  { path: '/reset', native: true },
  { path: '/reset/wrongly', native: true },
  { path: '/moved', native: true },
  { path: '/moved', headers: { 'if-none-match': ETAG }, native: true },
  { path: '/missing', headers: { 'if-none-match': ETAG }, native: true },
  { path: '/keyed?a=1&b=2', headers: { 'accept-language': 'de-AT, en;q=0.1' }, native: true },
  { path: '/keyed?b=1&a=2', headers: { 'accept-language': 'fr' }, native: true },
  { path: '/cookie', headers: { cookie: 'a=1; b=2' }, native: true },
  { path: '/cookie', native: true },
  { path: '/own', headers: { 'accept-language': 'de' }, native: true },
  { path: '/own', headers: { 'accept-language': 'en' }, native: true },
  {
    path: '/own',
    headers: { 'accept-language': 'de', 'cache-control': 'no-cache' },
    native: false,
  },
  { path: '/own', method: 'HEAD', headers: { 'accept-language': 'de' }, native: true },
  { path: '/caf%c3%a9/a%2Fb', native: true },
]

/** Of the connection, and of the moment. */
const LEFT_OUT = new Set(['connection', 'keep-alive', 'date', 'age'])

function seen({ status, rawHeaders, bytes }: Received): object {
  const fields: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] as string).toLowerCase()
    // both were asked at moments of their own
    const value = (rawHeaders[i + 1] as string).replace(/ttl=\d+/, 'ttl=?')
    if (!LEFT_OUT.has(name)) fields.push(`${name}: ${value}`)
  }
  return { status, fields: fields.toSorted(), bytes }
}

describeNative('a hit is the same, field by field, from Rust and from TypeScript', () => {
  const apps: Server[] = []
  const ports: number[] = []

  beforeAll(async () => {
    for (const native of [true, false]) {
      const app = createServer({ port: 0, native, logger: false })
      routesOf(app)
      apps.push(app)
      ports.push((await app.listen()).port)
    }
  })
  afterAll(() => Promise.all(apps.map((app) => app.close({ timeout: 0 }))))

  const title = ({ path, method = 'GET', headers = {} }: Asked): string =>
    `${method} ${path} ${JSON.stringify(headers)}`
  it.each(requests.map((asked) => [title(asked), asked] as const))('%s', async (_, asked) => {
    const { path, native, ...how } = asked
    const [app] = apps as [Server]
    const answers: Received[] = []
    for (const port of ports) {
      // kept by what asks for the whole
      const { 'if-none-match': __, range: ___, ...rest } = how.headers ?? {}
      await ask(port, path, { headers: { ...rest } })
      await ask(port, path, { headers: { ...rest } })
      const before = app.stats().hits
      answers.push(await ask(port, path, how))
      if (port === ports[0]) expect(app.stats().hits - before).toBe(native ? 1 : 0)
    }
    const [rust, typescript] = answers.map(seen)
    expect(rust).toEqual(typescript)
  })
})
