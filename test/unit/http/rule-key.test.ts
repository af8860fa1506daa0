import assert from 'node:assert'
import { describe, expect, test } from 'vitest'
import { preferred, weightsOf } from '../../../src/http/preferred.js'
import { httpRule, parseRoutePolicy } from '../../../src/http/route-policy.js'
import { cookieOf, keyUnder, narrowed } from '../../../src/http/rule-key.js'
import { seenFields } from '../../../src/http/seen-request.js'
import { get } from '../../support/origin.js'

describe('a target reduced to its listed parameters', () => {
  test.each([
    ['/a', '/a'],
    ['/a?', '/a'],
    ['/a?x=1', '/a'],
    ['/a?page=2&x=1', '/a?page=2'],
    ['/a?q=1&page=2', '/a?page=2&q=1'],
    ['/a?page=2&page=3', '/a?page=2&page=3'],
    ['/a?page=3&page=2', '/a?page=3&page=2'],
    ['/a?%70age=2', '/a?%70age=2'],
    ['/a?page', '/a?page'],
    ['/a?page=', '/a?page='],
    ['/a?page=2#x', '/a?page=2#x'],
    ['/a?%zz=1&page=1', '/a?page=1'],
    ['/a?Page=1', '/a'],
    ['/a?&&page=1&', '/a?page=1'],
    ['/a?pagex=1&xpage=2', '/a'],
  ])('%s is %s', (target, expected) => {
    expect(narrowed(target, ['page', 'q'])).toBe(expected)
  })
})

describe('a cookie', () => {
  test.each([
    ['a=1', '1'],
    ['b=2; a=1', '1'],
    ['a=1; a=2', '1'],
    ['A=1', undefined],
    ['ba=1', undefined],
    ['a', undefined],
    ['a=', ''],
    ['a="x"', '"x"'],
    ['a=b=c', 'b=c'],
    [' a = 1 ', '1'],
  ])('in %s is %s', (line, expected) => {
    expect(cookieOf(get('/', { cookie: line }), 'a')).toBe(expected)
  })

  test('may stand in a second line', () => {
    const request = { ...get('/'), fields: ['cookie', 'b=1', 'cookie', 'a=2'] }
    expect(cookieOf(request, 'a')).toBe('2')
  })
})

describe('the value asked for most', () => {
  test.each([
    ['en', 'en'],
    ['en-GB', 'en'],
    ['EN-gb;q=0.5, de;q=0.9', 'de'],
    ['de;q=0.5, en;q=0.5', 'de'],
    ['fr, es', undefined],
    ['*', 'en'],
    ['fr, *;q=0.1', 'en'],
    ['de;q=0, en', 'en'],
    ['de;q=0', undefined],
    ['', undefined],
    ['en;q=1.1, de;q=0.5', 'en'],
    [`${'x,'.repeat(40)}de`, undefined],
  ])('of "%s" is %s', (field, expected) => {
    expect(preferred(field, ['en', 'de'])).toBe(expected)
  })

  test('names have weights, the first time they are named', () => {
    expect([...weightsOf('gzip;q=0.5, br ; Q=1.0, GZIP, *;q=0, x;a=b;q=0.25')]).toEqual([
      ['gzip', 0.5],
      ['br', 1],
      ['*', 0],
      ['x', 0.25],
    ])
  })
})

describe('a policy', () => {
  test.each<[options: object, message: string]>([
    [{}, 'cache.ttl'],
    [{ ttl: 0 }, 'cache.ttl'],
    [{ ttl: '1m', gracee: 1 }, 'cache.gracee'],
    [{ ttl: '1m', key: { query: 'some' } }, 'cache.key.query'],
    [{ ttl: '1m', key: { headers: ['a b'] } }, 'cache.key.headers'],
    [{ ttl: '1m', key: { headers: ['Authorization'] } }, 'cache.key.headers'],
    [
      { ttl: '1m', key: { headers: { 'accept-language': 'en' } } },
      'cache.key.headers.accept-language',
    ],
    [{ ttl: '1m', tiers: 'redis' }, 'cache.tiers'],
    [{ ttl: '1m', key: { cookies: 'all' } }, 'cache.key.cookies'],
    [{ ttl: '1m', key: { user: 'id' } }, 'cache.key.user'],
    [{ ttl: '1m', tags: ['a'] }, 'cache.tags'],
    [{ ttl: '1m', statuses: [206] }, 'cache.statuses'],
    [{ ttl: '1m', statuses: [] }, 'cache.statuses'],
    [{ ttl: '1m', client: 'public' }, 'cache.client'],
    [{ ttl: '1m', setCookie: 'keep' }, 'cache.setCookie'],
    [{ ttl: '1m', authorization: 'key' }, 'cache.authorization'],
    [{ ttl: '1m', maxBody: '1gb' }, 'cache.maxBody'],
    [{ ttl: '1m', store: { after: 0 } }, 'cache.store.after'],
    [{ ttl: '1m', unless: true }, 'cache.unless'],
    [{ ttl: '1m', compress: 'gzip' }, 'cache.compress'],
  ])('%j is refused', (options, message) => {
    expect(() => parseRoutePolicy(options as { ttl: '1m' }, '/a')).toThrow(message)
  })

  test('says what browsers are told', () => {
    const told = (client: '1m' | 'no-store' | undefined) =>
      parseRoutePolicy({ ttl: '1m', client }, '/a').policy?.client
    expect([told(undefined), told('no-store'), told('1m')]).toEqual([
      'no-cache',
      'no-store',
      'max-age=60',
    ])
  })

  test('makes a key of its own: what it allows to store is not for who goes by the fields alone', () => {
    const [policy, fields] = [parseRoutePolicy({ ttl: '1m' }, '/a'), httpRule('/a')]
    expect(keyUnder(policy, get('/'), undefined)).not.toBe(keyUnder(fields, get('/'), undefined))
  })

  test('has in its key what a function makes of a field', () => {
    const short = (value: string): string | undefined => (value === '' ? undefined : value[0])
    const rule = parseRoutePolicy({ ttl: '1m', key: { headers: { accept: short } } }, '/a')
    const keyOf = (headers: Record<string, string>) => keyUnder(rule, get('/', headers), undefined)
    expect(keyOf({ accept: 'ab' })).toBe(keyOf({ accept: 'ac' }))
    expect(keyOf({ accept: 'ab' })).not.toBe(keyOf({ accept: 'b' }))
    expect(keyOf({ accept: '' })).toBe(keyOf({}))
    expect(seenFields(rule, get('/', { accept: 'abc' }), false)).toContain('a')
  })

  test.each([
    ['throws', () => assert.fail('not today'), 'key.headers failed (not today)'],
    ['gives what is no text', () => 7 as unknown as string, 'key.headers failed'],
  ])('says of a function for a field that it %s', (_, fails, message) => {
    const rule = parseRoutePolicy({ ttl: '1m', key: { headers: { accept: fails } } }, '/a')
    expect(() => keyUnder(rule, get('/', { accept: 'a' }), undefined)).toThrow(message)
  })

  test('is not moved by the order in which headers are named', () => {
    const rules = [
      ['a', 'b'],
      ['B', 'A'],
    ].map((headers) => parseRoutePolicy({ ttl: '1m', key: { headers } }, '/a'))
    const keys = rules.map((rule) => keyUnder(rule, get('/', { a: '1', b: '2' }), undefined))
    expect(keys[0]).toBe(keys[1])
  })
})
