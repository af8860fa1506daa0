import { describe, expect, test } from 'vitest'
import { RawBody } from '../../../src/entry/raw-body.js'
import { ACCEPTED, reducedAccept } from '../../../src/service/accept.js'
import { isJsonValue } from '../../../src/service/json-value.js'
import { representationOf } from '../../../src/service/representation.js'
import { siteOf } from '../../../src/service/site.js'

describe('an Accept field', () => {
  test.each([
    ['*/*', 'json'],
    ['application/*', 'json'],
    ['APPLICATION/JSON', 'json'],
    ['application/json;charset=utf-8;q=0.1', 'json'],
    ['application/json, */*;q=0', 'json'],
    ['application/json;q=0, */*', 'none'],
    ['text/html', 'none'],
    ['', 'none'],
    ['application/vnd.msgpack', 'msgpack'],
    ['application/vnd.msgpack, application/json', 'both'],
    ['application/vnd.msgpack;q=0.9, application/json', 'both'],
    ['application/vnd.msgpack, application/json;q=0.9', 'msgpack'],
    ['application/vnd.msgpack;q=0', 'none'],
  ] as const)('"%s" asks for %s', (field, expected) => {
    expect(reducedAccept(field)).toBe(ACCEPTED[expected])
  })

  test.each(Object.values(ACCEPTED))('reduced to "%s" stays so', (field) => {
    expect(reducedAccept(field)).toBe(field)
  })
})

test.each([
  ['cross-site', 'cross-site'],
  ['same-site', 'cross-site'],
  ['Same-Origin', undefined],
  ['none', undefined],
  ['', 'cross-site'],
])('Sec-Fetch-Site "%s" is %s', (field, expected) => {
  expect(siteOf(field)).toBe(expected)
})

describe('JSON has', () => {
  test.each<[value: unknown, has: boolean]>([
    [null, true],
    [{ a: [1, 'x', { b: true }] }, true],
    [Object.create(null), true],
    [JSON.parse('{"__proto__":1}'), true],
    [undefined, false],
    [{ a: undefined }, false],
    [Number.NaN, false],
    [[Infinity], false],
    [1n, false],
    [new Date(0), false],
    [new Map(), false],
    [{ a: new Set() }, false],
    [Buffer.from('a'), false],
    [new Uint8Array(1), false],
    [/a/, false],
    [new Error('a'), false],
  ])('%o: %s', (value, has) => {
    expect(isJsonValue(value)).toBe(has)
  })
})

describe('a value is answered', () => {
  const typeOf = (value: unknown, accept?: string): string | undefined =>
    representationOf(value, accept)?.type

  test.each<[value: unknown, accept: string | undefined, type: string | undefined]>([
    [{ a: 1 }, undefined, 'application/json'],
    [new Date(0), undefined, undefined],
    [new Date(0), ACCEPTED.both, 'application/vnd.msgpack'],
    [{ a: 1 }, ACCEPTED.both, 'application/json'],
    [{ a: 1 }, ACCEPTED.none, undefined],
    [new RawBody('text/plain', Buffer.from('a')), ACCEPTED.none, 'text/plain'],
  ])('%o for %s as %s', (value, accept, type) => {
    expect(typeOf(value, accept)).toBe(type)
  })
})
