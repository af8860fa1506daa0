import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createService, type Service, type ServiceLogger } from '../../../src/service/index.js'
import { openApiDocument } from '../../../src/service/openapi/document.js'
import type { Method } from '../../../src/service/openapi/model.js'
import { PROBLEMS, type ProblemName, typeOf } from '../../../src/service/problem.js'
import type { ServiceOptions } from '../../../src/service/service-options.js'
import { startBlackHole } from '../../support/black-hole.js'
import { ask, open, type Asking } from '../../support/http-client.js'
import { OpenApiJudge, type Judged } from '../../support/openapi-judge.js'
import { RawClient } from '../../support/raw-http.js'
import { describeRedis, startRedis, type RedisServer, until } from '../../support/redis-server.js'

const QUIET: ServiceLogger = { debug() {}, info() {}, warn() {}, error() {} }
const ADMIN = 'admin-token-of-tests'
const STRANGER = 'token-of-another-one'

const VALUE = '/v1/{namespace}/{key}'
const document = openApiDocument()
const judge = new OpenApiJudge(document)

interface Sample {
  readonly method: Method
  readonly path: string
  readonly url: string
  readonly asking?: Asking
  readonly status: number
}

const json = { 'content-type': 'application/json' }

/** A request of each operation that succeeds where nothing is wrong. */
const SAMPLES: readonly Sample[] = [
  { method: 'get', path: '/healthz', url: '/healthz', status: 200 },
  { method: 'put', path: VALUE, url: '/v1/shop/a/b', asking: { body: 'bytes' }, status: 204 },
  { method: 'get', path: VALUE, url: '/v1/shop/a/b', status: 200 },
  { method: 'head', path: VALUE, url: '/v1/shop/a/b', status: 200 },
  { method: 'delete', path: VALUE, url: '/v1/shop/other', status: 204 },
  batch('_set', {
    entries: [
      { key: 'x', value: { n: 1 }, ttl: '1m', tags: ['t'] },
      { key: '_no', value: 1 },
    ],
  }),
  batch('_get', { keys: ['x', 'a/b', 'nothing'] }),
  batch('_purge', { tags: ['t'], keys: ['x'] }),
  { method: 'get', path: '/readyz', url: '/readyz', status: 200 },
  { method: 'get', path: '/metrics', url: '/metrics', status: 200 },
  { method: 'get', path: '/openapi.json', url: '/openapi.json', status: 200 },
  { method: 'get', path: '/stats', url: '/stats', status: 200 },
  {
    method: 'get',
    path: '/inspect/{namespace}/{key}',
    url: '/inspect/shop/a/b',
    status: 200,
  },
  { method: 'get', path: '/explain', url: '/explain?url=/posts/1', status: 200 },
  { method: 'get', path: '/', url: '/', status: 200 },
  { method: 'get', path: '/assets/{name}', url: '/assets/main.js', status: 200 },
]

function batch(name: string, body: unknown): Sample {
  return {
    method: 'post',
    path: `/v1/{namespace}/${name}`,
    url: `/v1/shop/${name}`,
    asking: { headers: json, body: JSON.stringify(body) },
    status: 200,
  }
}

const services: Service[] = []

async function start(options: ServiceOptions = {}): Promise<Service> {
  const service = createService({ port: 0, adminPort: 0, logger: QUIET, ...options })
  services.push(service)
  await service.listen()
  return service
}

function portOf(service: Service): number {
  return service.addresses.admin?.port ?? 0
}

async function send(service: Service, sample: Sample, more: Asking = {}): Promise<Judged> {
  const { method, url, asking = {} } = sample
  const headers = { ...asking.headers, ...more.headers }
  const whole = { ...asking, ...more, method: method.toUpperCase(), headers }
  return await ask(portOf(service), url, whole)
}

/** Sends it, holds the answer against the description, and expects this of it. */
async function expects(
  service: Service,
  sample: Omit<Sample, 'status'>,
  expected: number | ProblemName,
): Promise<Judged> {
  const status = typeof expected === 'number' ? expected : PROBLEMS[expected][0]
  const answer = await send(service, { ...sample, status })
  judge.judge(sample.method, sample.path, answer)
  expect([sample.method, sample.url, answer.status]).toEqual([sample.method, sample.url, status])
  if (typeof expected === 'string' && sample.method !== 'head') {
    expect(JSON.parse(answer.body)).toMatchObject({ type: typeOf(expected), status })
  }
  return answer
}

function value(method: Method, key: string, asking: Asking = {}): Omit<Sample, 'status'> {
  return { method, path: VALUE, url: `/v1/shop/${key}`, asking }
}

const OF_NAMESPACES = SAMPLES.filter(({ path }) => path.startsWith('/v1/'))
const GUARDED = [...OF_NAMESPACES, ...SAMPLES.filter(({ path }) => isAdmin(path))]

function isAdmin(path: string): boolean {
  return !/^\/(v1\/|healthz|assets\/|$)/.test(path)
}

describeRedis('the description of the service', () => {
  let redis: RedisServer
  let service: Service

  beforeAll(async () => {
    redis = await startRedis()
    service = await start({
      redis: redis.url,
      maxValue: '2kb',
      maxKey: 64,
      timeouts: { body: 200 },
      namespaces: { small: { quota: { entries: 1, maxValue: 10 } } },
    })
    await until(() => service.cache.stats().redis.state === 'ready')
  })

  afterAll(async () => {
    await Promise.all(services.map((one) => one.close({ timeout: 0 })))
    await redis.close()
  })

  it('is one of OpenAPI 3.1, with every reference', async () => {
    const validator = new Validator()
    const result = await validator.validate(structuredClone(document) as never)
    expect(result).toEqual({ valid: true })
    expect(validator.version).toBe('3.1')
    expect(() => validator.resolveRefs()).not.toThrow()
  })

  it('has an id of its own for each operation', () => {
    const ids = Object.values(document.paths).flatMap((path) =>
      Object.values(path).map(({ operationId }) => operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has all routes of both listeners, and no other', () => {
    const { data, admin } = service.routes
    const described = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.keys(operations)
        .filter((method) => method !== 'head')
        .map((method) => `${method.toUpperCase()} ${path}`),
    )
    const ofAdmin = Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.values(operations).flatMap(({ tags }) => (tags.includes('admin') ? [path] : [])),
    )
    expect(admin.map(templateOf).toSorted()).toEqual(described.toSorted())
    expect(data.map(templateOf).toSorted()).toEqual(
      described.filter((one) => !ofAdmin.includes(one.split(' ')[1] ?? '')).toSorted(),
    )
  })

  it('is what the service answers with', async () => {
    const { body } = await ask(portOf(service), '/openapi.json')
    expect(JSON.parse(body)).toEqual(JSON.parse(JSON.stringify(document)))
  })

  it.each(SAMPLES)('describes $method $path where nothing is wrong', async (sample) => {
    await expects(service, sample, sample.status)
  })

  it('describes the statistics of a proxy', async () => {
    const origin = createServer((_, response) => response.end('a page')).listen(0, '127.0.0.1')
    await once(origin, 'listening')
    const site = `http://127.0.0.1:${(origin.address() as AddressInfo).port}`
    const proxy = await start({ origin: site, rules: { '/page': { ttl: '1m' } } })
    expect((await ask(proxy.addresses.data?.port ?? 0, '/page')).body).toBe('a page')
    const stats: unknown = JSON.parse((await ask(portOf(proxy), '/stats')).body)
    expect(stats).toHaveProperty('hotKeys.0.url', expect.stringMatching(/^http:.*\/page$/))
    judge.assertIs('Stats', stats)
    await proxy.close({ timeout: 0 })
    origin.closeAllConnections()
    origin.close()
  })

  it.each([
    ['/events', '/events', 'stats', 'Stats'],
    ['/tail', '/tail?outcome=hit', 'reads', 'Tail'],
  ])('describes the events of %s', async (path, url, event, schema) => {
    const answer = await open(portOf(service), url)
    const { statusCode: status = 0, headers } = answer
    judge.judge('get', path, { status, headers, body: '' })
    answer.setEncoding('utf8')
    let text = ''
    for await (const piece of answer) {
      text += String(piece)
      if (text.includes('\n\n')) break
    }
    expect(text.startsWith(`event: ${event}\n`)).toBe(true)
    judge.assertIs(schema, JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? ''))
  })

  it('describes who is not let in', async () => {
    const tokens = [
      { token: ADMIN, scopes: ['admin'] as const },
      { token: STRANGER, scopes: ['read'] as const, namespaces: ['elsewhere'] },
    ]
    const closed = await start({ tokens })
    const as = (token: string): Asking => ({ headers: { authorization: `Bearer ${token}` } })
    const all = [
      ...GUARDED,
      { method: 'get', path: '/tail', url: '/tail', status: 200 } as const,
      { method: 'get', path: '/events', url: '/events', status: 200 } as const,
    ]
    for (const sample of all) {
      const nobody = await send(closed, sample)
      judge.judge(sample.method, sample.path, nobody)
      expect([sample.url, nobody.status]).toEqual([sample.url, 401])
      const stranger = await send(closed, sample, as(STRANGER))
      judge.judge(sample.method, sample.path, stranger)
      expect([sample.url, stranger.status]).toEqual([sample.url, 403])
      const foreign = await send(service, sample, { headers: { 'sec-fetch-site': 'cross-site' } })
      judge.judge(sample.method, sample.path, foreign)
      expect([sample.url, foreign.status]).toEqual([sample.url, 403])
    }
    for (const sample of GUARDED.filter(({ method, path }) => path !== VALUE || method === 'put')) {
      const admitted = await send(closed, sample, as(ADMIN))
      judge.judge(sample.method, sample.path, admitted)
      expect([sample.url, admitted.status]).toEqual([sample.url, sample.status])
    }
  })

  it('describes namespaces that are none', async () => {
    const named = await start({ otherNamespaces: false, namespaces: { other: {} } })
    const full = await start({ maxNamespaces: 1 })
    await ask(portOf(full), '/v1/first/a')
    const away = await start()
    await away.cache.close()
    for (const sample of OF_NAMESPACES) {
      await expects(named, sample, 'not-found')
      await expects(full, sample, 'too-many-namespaces')
      if (sample.path !== '/v1/{namespace}/_set') await expects(away, sample, 'unavailable')
      await expects(
        service,
        { ...sample, url: sample.url.replace('/shop/', '/_shop/') },
        'bad-namespace',
      )
    }
    await expects(
      service,
      { ...SAMPLES[0]!, path: '/inspect/{namespace}/{key}', url: '/inspect/a%20b/c' },
      'bad-namespace',
    )
    const nonsense = { method: 'get', path: '/explain', url: '/explain?url=nonsense' } as const
    await expects(service, nonsense, 'bad-request')
    const unknown = { method: 'get', path: '/tail', url: '/tail?outcome=nonsense' } as const
    await expects(service, unknown, 'bad-request')
  })

  it('describes conditions and forms', async () => {
    const { headers } = await expects(
      service,
      value('put', 'c', { headers: json, body: '{"n":1}' }),
      204,
    )
    const etag = headers.etag ?? ''
    for (const method of ['get', 'head'] as const) {
      await expects(service, value(method, 'c', { headers: { 'if-none-match': etag } }), 304)
      await expects(
        service,
        value(method, 'c', { headers: { accept: 'text/html' } }),
        'not-acceptable',
      )
      await expects(service, value(method, 'k'.repeat(65)), 'key-too-long')
      await expects(service, value(method, '_k'), 'bad-key')
      await expects(service, value(method, 'c?lease=nonsense'), 'bad-request')
    }
    const otherwise = { headers: { 'if-match': '"another"' } }
    await expects(service, value('put', 'c', { ...otherwise, body: 'x' }), 'precondition-failed')
    await expects(service, value('delete', 'c', otherwise), 'precondition-failed')
    await expects(service, value('delete', 'k'.repeat(65)), 'key-too-long')
    const page = { method: 'get', path: '/', url: '/' } as const
    const known = (await expects(service, page, 200)).headers.etag ?? ''
    await expects(service, { ...page, asking: { headers: { 'if-none-match': known } } }, 304)
    const asset = { method: 'get', path: '/assets/{name}', url: '/assets/main.js' } as const
    const kept = (await expects(service, asset, 200)).headers.etag ?? ''
    await expects(service, { ...asset, asking: { headers: { 'if-none-match': kept } } }, 304)
    await expects(service, { ...asset, url: '/assets/none' }, 'not-found')
  })

  it('describes leases', async () => {
    for (const [i, method] of (['get', 'head'] as const).entries()) {
      const key = `lease-${i}`
      const yours = await expects(service, value(method, `${key}?lease=5s`), 'not-found')
      expect(yours.headers['strata-lease']).toMatch(/; ttl=5$/)
      await expects(service, value(method, `${key}?lease=5s&wait=0`), 'busy')
      const [token = ''] = (yours.headers['strata-lease'] as string).split(';')
      await expects(service, value('delete', `${key}?lease=${token}`), 204)
      await expects(service, value('delete', `${key}?lease=${token}`), 'lease-revoked')
      const late = { headers: { 'strata-lease': token }, body: 'late' }
      await expects(service, value('put', key, late), 'lease-revoked')
    }
  })

  it('describes bodies that are not taken', async () => {
    const large = 'x'.repeat(3_000)
    await expects(
      service,
      value('put', 'd', { headers: { 'content-encoding': 'gzip' }, body: 'x' }),
      'unsupported-media-type',
    )
    await expects(service, value('put', 'd', { headers: json, body: '{' }), 'bad-json')
    await expects(service, value('put', 'k'.repeat(65), { body: 'x' }), 'key-too-long')
    const deep = { headers: json, body: `${'['.repeat(1_000)}${']'.repeat(1_000)}` }
    await expects(service, value('put', 'd', deep), 'not-stored')
    await expects(service, value('put', 'd', { body: large }), 413)
    const small = { ...value('put', 'x', { body: 'x' }), url: '/v1/small/a' }
    await expects(service, small, 204)
    await expects(service, { ...small, url: '/v1/small/b' }, 'quota-exceeded')
    await expects(service, { ...small, asking: { body: 'x'.repeat(11) } }, 'too-large')
    for (const sample of OF_NAMESPACES.filter(({ method }) => method === 'post')) {
      await expects(service, { ...sample, asking: { headers: json, body: '{' } }, 'bad-json')
      await expects(service, { ...sample, asking: { headers: json, body: '[]' } }, 'bad-request')
      await expects(service, { ...sample, asking: { body: '{}' } }, 'unsupported-media-type')
      const most = { headers: json, body: 'x'.repeat(2 ** 20 + 1) }
      await expects(service, { ...sample, asking: most }, 413)
    }
  })

  it('describes bodies that do not come', async () => {
    for (const { method, path, url } of OF_NAMESPACES.filter(
      ({ asking }) => asking !== undefined,
    )) {
      const client = new RawClient(portOf(service))
      const type = method === 'post' ? 'Content-Type: application/json\r\n' : ''
      client.send(
        `${method.toUpperCase()} ${url} HTTP/1.1\r\nHost: localhost\r\n${type}Content-Length: 9\r\n\r\nx`,
      )
      const text = await client.until(/\r\n\r\n.*\}/s)
      client.socket.destroy()
      judge.judge(method, path, parsed(text))
      expect(text).toMatch(/^HTTP\/1\.1 408 /)
    }
  })

  it.each(['/events', '/tail'])('describes as many followers as %s may have', async (path) => {
    const events = { method: 'get', path, url: path } as const
    const followers = []
    for (;;) {
      const follower = await open(portOf(service), path)
      if (follower.statusCode !== 200) {
        follower.destroy()
        break
      }
      followers.push(follower)
    }
    await expects(service, events, 'too-many-followers')
    for (const follower of followers) follower.destroy()
  })

  it('describes a service that begins', async () => {
    const hole = await startBlackHole(redis.port)
    hole.swallow({ others: true })
    try {
      const beginning = await start({ redis: { url: hole.url, connectTimeout: '5m' } })
      const sample = SAMPLES.find(({ path }) => path === '/readyz')!
      await expects(beginning, sample, 503)
      await beginning.close({ timeout: 0 })
    } finally {
      await hole.close()
    }
  })

  it('has nothing that was not seen, but for what nothing leads to', () => {
    const unseen = judge.described().filter((one) => !judge.seen.has(one))
    const unreached = unseen.filter((one) => !/ (500|default)$/.test(one))
    expect(unreached).toEqual([])
  })
})

/** `GET /v1/{namespace}/{key}` of a route. */
function templateOf({
  method,
  pattern,
}: {
  readonly method: string
  readonly pattern: string
}): string {
  return `${method} ${pattern.replace(/[:*](\w+)/g, '{$1}')}`
}

function parsed(text: string): Judged {
  const [head = '', body = ''] = text.split('\r\n\r\n')
  const [line = '', ...lines] = head.split('\r\n')
  const headers = Object.fromEntries(
    lines.map((field) => {
      const colon = field.indexOf(':')
      return [field.slice(0, colon).toLowerCase(), field.slice(colon + 1).trim()]
    }),
  )
  return { status: Number(line.split(' ')[1]), headers, body }
}
