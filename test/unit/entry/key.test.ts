import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { assertKey, encodeId, isHashedText, redisKeyText } from '../../../src/entry/key.js'
import { InvalidKeyError } from '../../../src/errors.js'

describe('assertKey', () => {
  it.each([
    ['a number', 7],
    ['undefined', undefined],
    ['the empty string', ''],
    ['a lone high surrogate', 'user:\uD800'],
    ['a lone low surrogate', '\uDC00'],
    ['more bytes than allowed', 'é'.repeat(6)],
    ['the prefix of the route cache', 'http|GET /'],
  ])('refuses %s', (_, key) => {
    expect(() => assertKey(key, 11)).toThrow(InvalidKeyError)
  })

  it.each(['a', 'é'.repeat(5), 'user:7', '😀', 'http', 'x'.repeat(11)])('accepts %j', (key) => {
    expect(() => assertKey(key, 11)).not.toThrow()
  })
})

describe('encodeId', () => {
  it.each<[unknown, string]>([
    [7, '7'],
    [-0, '0'],
    [1.5, '1.5'],
    [1e21, '1e+21'],
    [7n, '7n'],
    [-7n, '-7n'],
    ['7', '"7"'],
    ['7n', '"7n"'],
    ['-1', '"-1"'],
    ['1e5', '"1e5"'],
    ['en', 'en'],
    ['n', 'n'],
    ['', '""'],
    ['ada', 'ada'],
    ['a b', '"a b"'],
    ['(7)', '"(7)"'],
    ['550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440000'],
    ['de/shop:1', 'de/shop:1'],
    [[], '()'],
    [[7], '(7)'],
    [['a', 7, 'x,y'], '(a,7,"x,y")'],
  ])('writes %o as %s', (id, text) => {
    expect(encodeId(id)).toBe(text)
  })

  it.each([
    [undefined],
    [null],
    [true],
    [{}],
    [Symbol.iterator],
    [Number.NaN],
    [Infinity],
    ['\uD800'],
    [[['nested']]],
    [[undefined]],
    [Array.from({ length: 17 }, () => 1)],
    // eslint-disable-next-line no-sparse-arrays
    [[, 1]],
  ])('refuses %o', (id) => {
    expect(() => encodeId(id)).toThrow(InvalidKeyError)
  })

  const part = fc.oneof(
    fc.string({ unit: 'binary' }).filter((text) => text.isWellFormed()),
    fc.stringMatching(/^[-+.\d\w"(),]{1,6}$/),
    fc.integer().map(String),
    fc.integer({ min: -3, max: 3 }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: -30n, max: 30n }),
  )
  const id = fc.oneof(part, fc.array(part, { maxLength: 4 }))

  it('is different for every two different ids', () => {
    const same = (a: unknown, b: unknown): boolean =>
      Array.isArray(a) && Array.isArray(b)
        ? a.length === b.length && a.every((element, i) => same(element, b[i]))
        : a === b
    fc.assert(
      fc.property(id, id, (a, b) => (encodeId(a) === encodeId(b)) === same(a, b)),
      { numRuns: 1_000 },
    )
  })

  it('never writes a string as it writes a number or bigint', () => {
    const n = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.bigInt())
    fc.assert(fc.property(n, (id) => encodeId(encodeId(id)) !== encodeId(id)))
  })
})

describe('redisKeyText', () => {
  it.each([
    ['user:7', 'user:7'],
    ['a{b}c', 'a%7Bb%7Dc'],
    ['100%', '100%25'],
    ['é😀', 'é😀'],
    ['x'.repeat(512), 'x'.repeat(512)],
    ['%sha256:', '%25sha256:'],
  ])('writes %j as %j', (key, text) => {
    expect(redisKeyText(key)).toBe(text)
    expect(isHashedText(text)).toBe(false)
  })

  it.each(['x'.repeat(513), 'é'.repeat(257), '}'.repeat(200)])(
    'replaces a long text by its digest',
    (key) => {
      expect(redisKeyText(key)).toMatch(/^%sha256:[0-9a-f]{64}$/)
      expect(isHashedText(redisKeyText(key))).toBe(true)
    },
  )

  it('is different for every two different keys, and holds no brace', () => {
    const key = fc.oneof(
      fc.string({ unit: fc.constantFrom('%', '{', '}', '2', '5', '7', 'B', 's') }),
      fc.string({ minLength: 500, maxLength: 520 }),
    )
    fc.assert(
      fc.property(key, key, (a, b) => {
        expect(redisKeyText(a)).not.toMatch(/[{}]/)
        expect(redisKeyText(a) === redisKeyText(b)).toBe(a === b)
      }),
    )
  })
})
