import { describe, expect, test } from 'vitest'
import { valueOf } from '../../../src/http/fields.js'
import { withForwarding } from '../../../src/proxy/forwarding-fields.js'
import { asked } from '../../support/forwarding.js'

const CLAIMS = [
  'x-forwarded-for',
  '198.51.100.1',
  'x-forwarded-proto',
  'https',
  'x-forwarded-host',
  'Evil.example',
  'x-forwarded-port',
  '1',
  'x-real-ip',
  '198.51.100.1',
  'forwarded',
  'for=198.51.100.1;host=evil.example;proto=https',
  'x-kept',
  '1',
]

function told(fields: readonly string[], client: string | undefined, isTrusted: boolean) {
  const {
    scheme,
    authority,
    fields: sent,
  } = withForwarding(asked('/', { fields }), client, isTrusted)
  const value = (name: string) => valueOf(sent, name)
  return {
    target: `${scheme}://${authority}`,
    for: value('x-forwarded-for'),
    proto: value('x-forwarded-proto'),
    host: value('x-forwarded-host'),
    forwarded: value('forwarded'),
    others: [value('x-forwarded-port'), value('x-real-ip'), value('x-kept')],
  }
}

describe('of a client that is not believed', () => {
  test('all it says of itself is replaced', () => {
    expect(told(CLAIMS, '192.0.2.7', false)).toEqual({
      target: 'http://shop.example',
      for: '192.0.2.7',
      proto: 'http',
      host: 'shop.example',
      forwarded: 'for=192.0.2.7;host=shop.example;proto=http',
      others: [undefined, undefined, '1'],
    })
  })

  test.each<[client: string | undefined, address: string | undefined, node: string]>([
    ['2001:db8::1', '2001:db8::1', '"[2001:db8::1]"'],
    ['::ffff:192.0.2.7', '192.0.2.7', '192.0.2.7'],
    [undefined, undefined, 'unknown'],
  ])('%s is told as %s and %s', (client, address, node) => {
    const seen = told([], client, false)
    expect([seen.for, seen.forwarded]).toEqual([
      address,
      `for=${node};host=shop.example;proto=http`,
    ])
  })

  test('an authority with a port is quoted', () => {
    const request = asked('/', { authority: 'shop.example:8080', fields: [] })
    const { fields } = withForwarding(request, '192.0.2.7', false)
    expect(valueOf(fields, 'forwarded')).toBe('for=192.0.2.7;host="shop.example:8080";proto=http')
  })
})

describe('of a proxy that is believed', () => {
  test('what it says stays, is added to, and is what the request is for', () => {
    expect(told(CLAIMS, '10.0.0.1', true)).toEqual({
      target: 'https://evil.example',
      for: '198.51.100.1, 10.0.0.1',
      proto: 'https',
      host: 'evil.example',
      forwarded:
        'for=198.51.100.1;host=evil.example;proto=https, for=10.0.0.1;host=shop.example;proto=http',
      others: ['1', '198.51.100.1', '1'],
    })
  })

  test.each<[title: string, fields: string[], target: string]>([
    ['nothing', [], 'http://shop.example'],
    ['no scheme of HTTP', ['x-forwarded-proto', 'ftp'], 'http://shop.example'],
    ['the first of several', ['x-forwarded-proto', 'https, http'], 'https://shop.example'],
    [
      'the port of the scheme',
      ['x-forwarded-proto', 'https', 'x-forwarded-host', 'A:443'],
      'https://a',
    ],
    ['no host', ['x-forwarded-host', 'a/b'], 'http://shop.example'],
    ['a host with a space', ['x-forwarded-host', 'a b'], 'http://shop.example'],
    [
      'Forwarded alone',
      ['forwarded', 'For="[::1]:80";Proto=https; host="A.example:8443"'],
      'https://a.example:8443',
    ],
    [
      'the first of Forwarded',
      ['forwarded', 'proto=https, proto=http;host=b'],
      'https://shop.example',
    ],
  ])('that says %s', (_, fields, target) => {
    const seen = told(fields, '10.0.0.1', true)
    expect(seen.target).toBe(target)
    expect(`${seen.proto}://${seen.host}`).toBe(target)
  })
})
