import { describe, expect, test } from 'vitest'
import { bypassReason } from '../../../src/adapter/bypass.js'
import {
  saidBlindly,
  visibleFields,
  visibleNames,
  visibleTarget,
} from '../../../src/adapter/visible.js'
import { httpRule, parseRoutePolicy, type RoutePolicy } from '../../../src/http/route-policy.js'
import { get } from '../../support/origin.js'

const ruleOf = (policy: Partial<RoutePolicy<unknown>> = {}) =>
  parseRoutePolicy({ ttl: '1m', ...policy }, undefined)

const SENT = {
  host: 'EXAMPLE.com:80',
  'user-agent': 'x',
  'accept-language': 'de-AT, en;q=0.5',
  'x-tenant': 'a',
  cookie: 'id=1; theme=dark; theme=light',
  authorization: 'Bearer 1',
  'if-none-match': '"client"',
  range: 'bytes=0-1',
  'x-forwarded-proto': 'evil',
  'x-forwarded-host': 'evil',
}

describe('the fields a handler sees', () => {
  test.each<[title: string, policy: Partial<RoutePolicy<unknown>>, seen: string[]]>([
    ['nothing that is not in the key', {}, []],
    ['a field as it is', { key: { headers: ['X-Tenant'] } }, ['x-tenant', 'a']],
    [
      'a field reduced to its values',
      { key: { headers: { 'accept-language': ['en', 'de'] } } },
      ['accept-language', 'de'],
    ],
    ['the first cookie of a name', { key: { cookies: ['theme'] } }, ['cookie', 'theme=dark']],
    ['no cookies', { key: { cookies: [] } }, []],
    [
      'Authorization where it is in the key',
      { authorization: 'key', key: { user: () => '1' } },
      ['authorization', 'Bearer 1'],
    ],
    ['the scheme, not what somebody calls it', { key: { headers: ['x-forwarded-proto'] } }, []],
  ])('under a policy: %s', (_, policy, seen) => {
    const request = get('/', SENT)
    const always = ['host', 'example.com', 'x-forwarded-proto', 'http']
    expect(visibleFields(ruleOf(policy), request, request)).toEqual([...always, ...seen])
  })

  test('under a policy: the conditions of the cache, not those of the client', () => {
    const request = get('/', { 'if-none-match': '"client"' })
    const asked = get('/', { 'if-none-match': '"stored"' })
    expect(visibleFields(ruleOf(), asked, request)).toEqual([
      'host',
      'example.com',
      'if-none-match',
      '"stored"',
    ])
    expect(visibleFields(ruleOf(), request, request)).toEqual(['host', 'example.com'])
  })

  test('without one: all that is asked, with the host of the key', () => {
    const request = get('/', SENT)
    const seen = visibleFields(httpRule(undefined), request, request)
    expect(seen).toContain('evil')
    expect(seen.slice(-2)).toEqual(['host', 'example.com'])
    expect(seen).toHaveLength(Object.keys(SENT).length * 2)
  })
})

test('the target has the listed parameters, under a policy', () => {
  const target = '/a?utm=1&page=2&page=3'
  expect(visibleTarget(ruleOf({ key: { query: ['page'] } }), target)).toBe('/a?page=2&page=3')
  expect(visibleTarget(ruleOf(), target)).toBe(target)
  expect(visibleTarget(httpRule(undefined), target)).toBe(target)
})

test('parsed cookies are those of the key', () => {
  const cookies = { theme: 'dark', id: '1' }
  expect(visibleNames(ruleOf({ key: { cookies: ['theme', 'toString'] } }), cookies)).toEqual({
    theme: 'dark',
  })
  expect(visibleNames(ruleOf(), cookies)).toEqual({})
  expect(visibleNames(httpRule(undefined), cookies)).toBe(cookies)
})

test.each<[vary: string[], policy: Partial<RoutePolicy<unknown>> | undefined, kept: string[]]>([
  [['vary', 'Accept-Encoding'], {}, []],
  [['vary', 'Accept-Encoding, Origin', 'x', '1'], {}, ['x', '1', 'vary', 'Origin']],
  [
    ['vary', 'Accept-Encoding'],
    { key: { headers: ['accept-encoding'] } },
    ['vary', 'Accept-Encoding'],
  ],
  [['vary', 'Accept-Encoding'], undefined, ['vary', 'Accept-Encoding']],
])('%j said under %j is %j', (vary, policy, kept) => {
  const rule = policy === undefined ? httpRule(undefined) : ruleOf(policy)
  expect(saidBlindly(rule, vary)).toEqual(kept)
})

describe('a request passes by', () => {
  test.each<[fields: Record<string, string>, policy: Partial<RoutePolicy<unknown>>, why: unknown]>([
    [{}, {}, undefined],
    [{ cookie: 'a=1' }, {}, 'cookie'],
    [{ cookie: 'a=1' }, { key: { cookies: [] } }, undefined],
    [{ authorization: 'x' }, {}, 'authorization'],
    [{ authorization: 'x' }, { authorization: 'key', key: { user: () => '1' } }, undefined],
    [{ 'content-length': '0' }, {}, undefined],
    [{ 'content-length': '1' }, {}, 'body'],
    [{ 'content-length': '00' }, {}, 'body'],
    [{ 'transfer-encoding': 'chunked' }, {}, 'body'],
    [{ 'x-http-method-override': 'DELETE' }, {}, 'method-override'],
    [{ 'x-method-override': 'DELETE' }, {}, 'method-override'],
    [{ 'x-http-method': 'DELETE' }, {}, 'method-override'],
  ])('%j under %j: %s', (fields, policy, why) => {
    expect(bypassReason(ruleOf(policy), get('/', fields))).toBe(why)
  })

  test('without a policy only what is no plain reading', () => {
    const rule = httpRule(undefined)
    expect(bypassReason(rule, get('/', { cookie: 'a=1', authorization: 'x' }))).toBeUndefined()
    expect(bypassReason(rule, get('/', { 'content-length': '1' }))).toBe('body')
  })
})
