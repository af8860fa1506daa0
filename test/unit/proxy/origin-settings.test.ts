import { describe, expect, test } from 'vitest'
import { InvalidOptionError } from '../../../src/errors.js'
import { parseOriginSettings } from '../../../src/proxy/origin-settings.js'

function refused(url: unknown, options: object = {}): InvalidOptionError {
  try {
    parseOriginSettings(url, options, 'proxy')
  } catch (error) {
    if (error instanceof InvalidOptionError) return error
    throw error
  }
  throw new Error('it was taken')
}

describe('the URL of an origin', () => {
  test.each<[url: string | URL, origin: string]>([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080'],
    ['http://127.0.0.1:8080/', 'http://127.0.0.1:8080'],
    ['HTTPS://A.example:443', 'https://a.example'],
    ['http://[::1]:81', 'http://[::1]:81'],
    [new URL('http://a.example'), 'http://a.example'],
  ])('is %s', (url, origin) => {
    expect(parseOriginSettings(url, {}).url.origin).toBe(origin)
  })

  test.each([
    '',
    '127.0.0.1:8080',
    'a.example',
    '/a',
    'ftp://a',
    'http:a',
    'http://',
    'http://a b',
    'http://a/path',
    'http://a/?',
    'http://a?x',
    'http://a#x',
    'http://u:p@a',
    'http://a\\b',
    'http://a:0',
    'http://a:99999',
    ' http://a',
    'http://a\n',
    'unix:/a',
    1,
    null,
    undefined,
  ])('is not %j', (url) => {
    const error = refused(url)
    expect([error.option, error.value]).toEqual(['origin', url])
    expect(error.allowed).toContain('http://host')
  })
})

describe('the options of an origin', () => {
  test('have defaults, and a name of their own', () => {
    const [a, b] = [parseOriginSettings('http://a', {}), parseOriginSettings('http://a', {})]
    expect(a).toMatchObject({
      preserveHost: true,
      connections: 256,
      waiting: 1_024,
      headerBytes: 16_384,
      timeouts: { connect: 10_000, headers: 30_000, body: 30_000, idle: 4_000 },
      tls: {},
    })
    expect(a.name).toMatch(/^strata-[\da-f]{12}$/)
    expect(a.name).not.toBe(b.name)
  })

  test.each<[option: string, options: object]>([
    ['proxy.preserveHost', { preserveHost: 'yes' }],
    ['proxy.trust', { trust: 'all' }],
    ['proxy.name', { name: 'a b' }],
    ['proxy.connections', { connections: 0 }],
    ['proxy.waiting', { waiting: -1 }],
    ['proxy.headerBytes', { headerBytes: '2mb' }],
    ['proxy.timeouts.headers', { timeouts: { headers: 0 } }],
    ['proxy.timeouts.head', { timeouts: { head: 1 } }],
    ['proxy.tls', { tls: { ca: 'x' } }],
    ['proxy.redirects', { redirects: 1 }],
  ])('%s is judged', (option, options) => {
    expect(refused('http://a', options).option).toBe(option)
  })

  test('of TLS are those of an https origin, and known', () => {
    expect(parseOriginSettings('https://a', { tls: { servername: 'b' } }).tls).toEqual({
      servername: 'b',
    })
    expect(refused('https://a', { tls: { ciphers: 'x' } }).option).toBe('proxy.tls.ciphers')
  })
})
