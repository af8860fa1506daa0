import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { assertKey } from '../../../src/entry/key.js'
import { assertTag } from '../../../src/entry/tag.js'
import {
  addressOfKey,
  groupTag,
  httpKey,
  type KeyPart,
  routeTag,
  urlTag,
} from '../../../src/http/http-key.js'
import { get } from '../../support/origin.js'

const text = fc.string({ unit: fc.constantFrom('a', '|', ':', '1', '=', '-', 'h', '/') })
const part = fc.tuple(
  fc.constantFrom('h', 'c', 'u' as const),
  text,
  fc.option(text, { nil: undefined }),
) as fc.Arbitrary<KeyPart>
const identity = fc.record({
  authority: text,
  target: text,
  parts: fc.array(part, { maxLength: 3 }),
})

describe('the key of a response', () => {
  test('is another one for every other request', () => {
    const keyOf = ({
      authority,
      target,
      parts,
    }: typeof identity extends fc.Arbitrary<infer T> ? T : never) =>
      httpKey({ ...get('/'), authority }, target, parts)
    fc.assert(
      fc.property(identity, identity, (a, b) => {
        expect(keyOf(a) === keyOf(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
      { numRuns: 2_000 },
    )
  })

  test('tells again what it was made of, unless that is too long', () => {
    fc.assert(
      fc.property(identity, ({ authority, target, parts }) => {
        const key = httpKey({ ...get('/'), authority }, target, parts)
        const isWhole = !key.startsWith('http|1|sha256:')
        expect(addressOfKey(key)).toEqual(
          isWhole ? { scheme: get('/').scheme, authority, target } : undefined,
        )
      }),
    )
    expect(addressOfKey(httpKey(get('/'), `/${'x'.repeat(300)}`, []))).toBeUndefined()
  })

  test.each([
    '',
    'a',
    'http|1|',
    'http|1|http',
    'http|1|http|9:a|1:/',
    'http|1|http|1:a|x:/',
    'http|1|http|1:a|',
  ])('no address is read from %j', (key) => expect(addressOfKey(key)).toBeUndefined())

  test('has a prefix that no key of a caller may have', () => {
    const key = httpKey(get('/'), '/', [])
    expect(key).toMatch(/^http\|1\|/)
    expect(() => assertKey(key, 1_024)).toThrow('reserved')
  })

  test('tells an absent part from an empty one', () => {
    const absent = httpKey(get('/'), '/', [['h', 'x', undefined]])
    expect(httpKey(get('/'), '/', [['h', 'x', '']])).not.toBe(absent)
  })

  test('stays short, and apart, for long targets', () => {
    const keys = ['a', 'b'].map((end) => httpKey(get('/'), `/${'x'.repeat(60_000)}${end}`, []))
    for (const key of keys) expect(key.length).toBeLessThan(100)
    expect(keys[0]).not.toBe(keys[1])
    const [digest = ''] = keys.map((key) => key.slice('http|1|'.length))
    expect(httpKey({ ...get('/'), scheme: digest as 'http' }, '/', [])).not.toBe(keys[0])
  })
})

describe('tags', () => {
  test.each([
    ['/a', 'url:http://example.com/a'],
    ['/a?b=c', 'url:http://example.com/a'],
    ['/a/?', 'url:http://example.com/a/'],
  ])('of %s: %s', (target, tag) => {
    expect(urlTag(get(target))).toBe(tag)
  })

  test('are good ones however long what they name is', () => {
    const long = 'x'.repeat(60_000)
    for (const tag of [urlTag(get(`/${long}`)), routeTag(long), groupTag(get('/'), long)]) {
      expect(() => assertTag(tag, 256)).not.toThrow()
    }
  })

  test('of groups belong to one origin', () => {
    const other = { ...get('/'), authority: 'b.example' }
    expect(groupTag(get('/'), 'g')).not.toBe(groupTag(other, 'g'))
  })
})
