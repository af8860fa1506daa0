import { describe, expect, it } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { createServer, SERVER_DEFAULTS } from '../../../src/server/index.js'
import { parseServerSettings } from '../../../src/server/settings.js'

const wrong: readonly [option: string, options: object][] = [
  ['ports', { ports: 1 }],
  ['cache', { cache: {} }],
  ['port', { port: -1 }],
  ['port', { port: '3000' }],
  ['host', { host: '' }],
  ['host', { host: 'a b' }],
  ['native', { native: 'no' }],
  ['hosts', { hosts: [] }],
  ['hosts', { hosts: ['a/b'] }],
  ['hosts', { hosts: 'a' }],
  ['redirectTrailingSlash', { redirectTrailingSlash: 1 }],
  ['serverTiming', { serverTiming: null }],
  ['limits', { limits: null }],
  ['limits.bodybytes', { limits: { bodybytes: 1 } }],
  ['limits.bodyBytes', { limits: { bodyBytes: -1 } }],
  ['limits.headerBytes', { limits: { headerBytes: '1gb' } }],
  ['limits.headerFields', { limits: { headerFields: 0 } }],
  ['limits.connections', { limits: { connections: 0.5 } }],
  ['timeouts.header', { timeouts: { header: '1h' } }],
  ['timeouts.request', { timeouts: { header: '10s', request: '9s' } }],
  ['timeouts.handler', { timeouts: { handler: 0 } }],
  ['timeouts.write', { timeouts: { write: false } }],
  ['logger', { logger: true }],
  ['fetch', { fetch: {} }],
  ['rules', { rules: {} }],
  ['rules', { fetch: () => new Response(), rules: [] }],
]

const wrongRoutes: readonly [
  option: string,
  add: (app: ReturnType<typeof createServer>) => unknown,
][] = [
  ['pattern', (app) => app.get('a' as '/a', () => 1)],
  ['handler', (app) => app.get('/a', 1 as never)],
  ['ttl', (app) => app.get('/a', { ttl: 1 } as never, () => 1)],
  ['bodyBytes', (app) => app.get('/a', { bodyBytes: -1 }, () => 1)],
  ['timeout', (app) => app.get('/a', { timeout: '1ms' }, () => 1)],
  ['replace', (app) => app.get('/a', { replace: 1 as never }, () => 1)],
  ['cache', (app) => app.get('/a', { cache: false as never }, () => 1)],
  ['method', (app) => app.on('get', '/a', () => 1)],
  ['method', (app) => app.on('CONNECT', '/a', () => 1)],
  ['middleware', (app) => app.use(1 as never)],
  ['cacheSafe', (app) => app.use(() => 1, { cacheSafe: 1 as never })],
  ['pattern', (app) => app.use('/*/a', () => 1)],
  ['routes', (app) => app.route('/a', {} as never)],
  ['routes', (app) => app.route('/a', app)],
  [
    'routes',
    (app) =>
      app.route(
        '/a',
        createServer().onError(() => 1),
      ),
  ],
  ['onError', (app) => app.onError(1 as never)],
  ['notFound', (app) => app.notFound(1 as never)],
]

describe('options', () => {
  it.each(wrong)('%s: refused in %o', (option, options) => {
    let error: unknown
    try {
      createServer(options)
    } catch (thrown) {
      error = thrown
    }
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect((error as InvalidOptionError).option).toBe(option)
  })

  it.each(wrongRoutes)('%s of a route: refused', (option, add) => {
    expect(() => add(createServer())).toThrow(
      expect.objectContaining({ code: 'STRATA_INVALID_OPTION', option }),
    )
  })

  it('are complete and frozen when nothing was said', () => {
    const settings = parseServerSettings({})
    expect(settings).toMatchObject({
      port: SERVER_DEFAULTS.port,
      host: SERVER_DEFAULTS.host,
      native: 'auto',
      limits: { headerBytes: 16_384, headerFields: 100, bodyBytes: 1_048_576, connections: 10_000 },
      timeouts: {
        header: 10_000,
        idle: 75_000,
        request: 300_000,
        body: 30_000,
        write: 30_000,
        handler: 30_000,
      },
    })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  it('handler: false means never', () => {
    expect(parseServerSettings({ timeouts: { handler: false } }).timeouts.handler).toBe(Infinity)
  })
})
