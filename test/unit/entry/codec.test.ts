import { isDeepStrictEqual } from 'node:util'
import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BODY_FLAG } from '../../../src/entry/body-flag.js'
import { createCodec } from '../../../src/entry/codec.js'
import type { Body } from '../../../src/entry/entry.js'
import { RawBody } from '../../../src/entry/raw-body.js'
import { type CodecType, vet } from '../../../src/entry/vet.js'
import { CodecError, InvalidOptionError } from '../../../src/errors.js'
import { anyValue, Money, OPTIONS, TYPES } from './values.js'

const codec = createCodec(TYPES)

function roundTrip<T>(value: T): T {
  return codec.decode(codec.encode(vet(value, OPTIONS))) as T
}

function bodyOf(hex: string, flags = 0): Body {
  return { kind: 0, flags, contentType: '', bytes: Buffer.from(hex, 'hex') }
}

function packed(value: unknown): Buffer {
  return Buffer.from(codec.encode(vet(value, OPTIONS)).bytes)
}

describe('round trip', () => {
  it('gives back any value as it was', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('gives back what JSON can write, in whatever order values come', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ stringUnit: 'grapheme' }), { minLength: 1 }),
        (values) => {
          for (const value of values) {
            // JSON text knows -0 where msgpackr does not.
            const plain: unknown = JSON.parse(JSON.stringify(value))
            expect(isDeepStrictEqual(roundTrip(plain), plain)).toBe(true)
          }
        },
      ),
    )
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['undefined in objects and arrays', { a: undefined, b: [undefined] }],
    ['integers beyond 2^53', [2 ** 53, 2 ** 53 + 2, -(2 ** 60), 2 ** 64, 1e300]],
    ['odd numbers', [Number.NaN, Infinity, -Infinity, 5e-324]],
    [
      'big integers of any size',
      [0n, -1n, 2n ** 63n, -(2n ** 63n) - 1n, 2n ** 70_000n, -(2n ** 70_000n)],
    ],
    [
      'dates to the ends of time',
      [new Date(8.64e15), new Date(-8.64e15), new Date(-1), new Date(2 ** 42 + 7)],
    ],
    [
      'names that msgpackr reads as its own',
      { constructor: 'x', toJSON: 1, hasOwnProperty: 2, valueOf: 3 },
    ],
    [
      'more shapes than msgpackr has numbers for',
      Array.from({ length: 300 }, (_, i) => ({ [`k${i % 99}`]: { [`m${i % 77}`]: i } })),
    ],
    [
      'many properties',
      Object.fromEntries(Array.from({ length: 66_000 }, (_, i) => [`key${i}`, i])),
    ],
    [
      'a long string behind a byte order mark',
      { csv: `\uFEFF${'é,x\n'.repeat(50)}`, [`\uFEFF${'k'.repeat(90)}`]: 1 },
    ],
    ['a megabyte', { text: 'ж'.repeat(500_000), bytes: Buffer.alloc(1_000_000, 7) }],
    [
      'nested Maps and Sets',
      new Map<unknown, unknown>([[{ a: 1 }, new Set([new Map([[1, new Set()]])])]]),
    ],
  ])('%s', (_, value) => {
    expect(isDeepStrictEqual(roundTrip(value), value)).toBe(true)
  })

  it.each([
    ['-0 becomes 0', -0, 0],
    // oxlint-disable-next-line no-sparse-arrays -- the hole is what is tested
    ['holes become undefined', [1, , 2], [1, undefined, 2]],
    ['a lone surrogate becomes replacement characters', 'a\uD800b', 'a\uFFFD\uFFFD\uFFFDb'],
  ])('loses, as documented: %s', (_, value, stored) => {
    expect(isDeepStrictEqual(roundTrip(value), stored)).toBe(true)
  })

  it('gives a plain object of another realm back as one of this', () => {
    const foreign: unknown = vm.runInNewContext('({ a: [1, { b: [] }] })')
    expect(isDeepStrictEqual(roundTrip(foreign), { a: [1, { b: [] }] })).toBe(true)
  })

  it('keeps an invalid date', () => {
    expect(roundTrip([new Date(Number.NaN)])[0]?.getTime()).toBeNaN()
  })

  it('gives a prototype-less object back as a plain one', () => {
    expect(Object.getPrototypeOf(roundTrip(Object.assign(Object.create(null), { a: 1 })))).toBe(
      Object.prototype,
    )
  })

  it('keeps Buffers Buffers, in memory of their own', () => {
    const body = codec.encode(vet({ a: Buffer.from('abc'), b: new Uint8Array([1, 2]) }, OPTIONS))
    const plainBytes = Uint8Array.from(body.bytes)
    const { a, b } = codec.decode({ ...body, bytes: plainBytes }) as { a: Buffer; b: Uint8Array }
    plainBytes.fill(0)
    expect(Buffer.isBuffer(a) && a.toString()).toBe('abc')
    expect([...b]).toEqual([1, 2])
    expect(a.buffer).not.toBe(plainBytes.buffer)
    expect([a.buffer.byteLength, b.buffer.byteLength]).toEqual([3, 2])
  })

  it('is not disturbed by later encoding', () => {
    const first = codec.encode(vet({ x: 'first' }, OPTIONS))
    for (let i = 0; i < 2_000; i++) codec.encode(vet({ x: `later${i}`.repeat(i % 50) }, OPTIONS))
    expect(codec.decode(first)).toEqual({ x: 'first' })
  })
})

describe('memory', () => {
  it('of a large value is not kept for the small ones that follow', () => {
    codec.encode(vet(Buffer.alloc(20 * 2 ** 20), OPTIONS))
    expect(codec.encode(vet({ a: 1 }, OPTIONS)).bytes.buffer.byteLength).toBeLessThanOrEqual(8_192)
  })
})

describe('errors as values', () => {
  it.each<[string, Error]>([
    ['a plain one', new Error('plain')],
    ['a standard subclass', new TypeError('type')],
    ['an empty message', new RangeError('')],
    ['a name of its own', Object.assign(new Error('named'), { name: 'ConflictError' })],
    ['a name that is a method of objects', Object.assign(new Error('named'), { name: 'toString' })],
    ['properties of its own', Object.assign(new Error('gone'), { code: 'ENOENT', errno: -2 })],
    ['a cause', new Error('outer', { cause: new SyntaxError('inner', { cause: { line: 7 } }) })],
    ['the cause undefined', new Error('outer', { cause: undefined })],
    ['an AggregateError', new AggregateError([new Error('a'), { b: 1 }], 'both', { cause: 'c' })],
  ])('keeps %s', (_, error) => {
    const back = roundTrip({ error }).error
    expect(Object.getPrototypeOf(back)).toBe(Object.getPrototypeOf(error))
    expect(back).toStrictEqual(error)
    expect([back.name, back.message, Object.keys(back)]).toEqual([
      error.name,
      error.message,
      Object.keys(error),
    ])
    expect(Object.hasOwn(back, 'cause')).toBe(Object.hasOwn(error, 'cause'))
    expect(back.cause).toStrictEqual(error.cause)
    expect((back as AggregateError).errors).toStrictEqual((error as AggregateError).errors)
  })

  it('leaves the stack behind', () => {
    expect(roundTrip(new TypeError('x')).stack).toBe('TypeError: x')
  })
})

describe('keys that are names of the language or of msgpackr', () => {
  it('keeps __proto__ as an own property and pollutes nothing', () => {
    const value = JSON.parse('{"a":{"__proto__":{"polluted":1},"__keys__":[1]}}') as { a: object }
    const back = roundTrip(value)
    expect(Object.keys(back.a)).toEqual(['__proto__', '__keys__'])
    expect(Object.getPrototypeOf(back.a)).toBe(Object.prototype)
    expect(isDeepStrictEqual(back, value)).toBe(true)
    expect({}).not.toHaveProperty('polluted')
  })

  it('keeps later values right after one with __keys__', () => {
    roundTrip({ a: 1, __keys__: 2 })
    expect(roundTrip([{ a: 1 }, {}, { a: 1, __keys__: { b: 2 } }, { a: 3 }])).toEqual([
      { a: 1 },
      {},
      { a: 1, __keys__: { b: 2 } },
      { a: 3 },
    ])
  })
})

describe('instances of types', () => {
  it('come back wherever they stand', () => {
    const euro = new Money(1n, 'EUR')
    const value = {
      plain: euro,
      twice: [euro, [euro]],
      map: new Map([['a', euro]]),
      set: new Set([euro, new Money(2n, 'EUR')]),
      within: new Money(
        3n,
        new Money(4n, { rate: new Money(5n, new Error('x', { cause: euro })) }),
      ),
      error: new Error('x', { cause: euro }),
    }
    const back = roundTrip(value)
    expect(back).toStrictEqual(value)
    expect(back.within.currency).toBeInstanceOf(Money)
    expect(back.error.cause).toBeInstanceOf(Money)
    expect([...back.set].every((money) => money instanceof Money)).toBe(true)
  })

  it('come back from the top', () => {
    expect(roundTrip(new Money(7n, 'EUR'))).toStrictEqual(new Money(7n, 'EUR'))
  })

  it('leave the stored value as it was', () => {
    const value = Object.freeze({ list: Object.freeze([new Money(1n, 'EUR'), 1]) })
    codec.encode(vet(value, OPTIONS))
    expect(value.list[0]).toBeInstanceOf(Money)
  })

  it('cannot be forged by data that looks like one', () => {
    const money = vet([new Money(1n, 'EUR')], OPTIONS)
    const { bytes } = codec.encode(money)
    const looksLikeOne: unknown = codec.decode({ kind: 0, flags: 0, contentType: '', bytes })
    expect(looksLikeOne).toEqual([[[null], [1n, 'EUR']], [['money', 0, 0]]])
    expect(roundTrip(looksLikeOne)).toEqual(looksLikeOne)
  })

  it('are unreadable for a cache that does not know the type', () => {
    const body = codec.encode(vet({ a: new Money(1n, 'EUR') }, OPTIONS))
    expect(() => createCodec([]).decode(body)).toThrow(CodecError)
  })

  it('whose decode throws are a CodecError with the cause', () => {
    const cause = new Error('no')
    const broken: CodecType = {
      name: 'money',
      class: Money,
      encode: () => 1,
      decode: () => {
        throw cause
      },
    }
    const body = codec.encode(vet(new Money(1n, 'EUR'), OPTIONS))
    expect(() => createCodec([broken]).decode(body)).toThrow(
      expect.objectContaining({ code: 'STRATA_CODEC', cause }),
    )
  })

  it('need different names and classes', () => {
    const money = TYPES[0]!
    expect(() => createCodec([money, { ...money, name: 'other' }])).toThrow(InvalidOptionError)
    expect(() => createCodec([money, { ...money, class: Date }])).toThrow(InvalidOptionError)
  })
})

describe('raw bodies', () => {
  it('are kept as the bytes they are', () => {
    const raw = new RawBody('image/png', Buffer.from([1, 2, 3]))
    const body = codec.encode(vet(raw, OPTIONS))
    expect(body).toMatchObject({ kind: 1, flags: 0, contentType: 'image/png' })
    expect(body.bytes).toBe(raw.bytes)
    expect(codec.decode(body)).toStrictEqual(new RawBody('image/png', Buffer.from([1, 2, 3])))
  })

  it('do not hold on to a larger reply', () => {
    const reply = Buffer.alloc(65_536)
    const decode = (bytes: Buffer): RawBody =>
      codec.decode({ kind: 1, flags: 0, contentType: '', bytes }) as RawBody
    expect(decode(reply.subarray(10, 20)).bytes.buffer.byteLength).toBe(10)
    expect(decode(reply.subarray(100)).bytes.buffer).toBe(reply.buffer)
  })
})

describe('bytes that are no value', () => {
  it.each([
    ['nothing', ''],
    ['an array of four billion', 'ddffffffff'],
    ['a map of four billion', 'dfffffffff'],
    ['a string of four gigabytes', 'dbffffffff'],
    ['binary of four gigabytes', 'c6ffffffff'],
    ['an extension of four gigabytes', 'c9ffffffff74'],
    ['a set of four billion', 'd47300ddffffffff'],
    ['arrays that each claim all', 'dcffff'.repeat(20_000)],
    ['endless nesting', '91'.repeat(200_000)],
    ['endless nesting of sets', 'd47300'.repeat(100_000)],
    ['a pointer into itself', 'd6690000000191d67000000001'],
    ['an unknown extension', 'd40700'],
    ['more than one value', '0101'],
    ['a shape that is no list', 'd4724001'],
  ])('%s: CodecError', (_, hex) => {
    const before = process.memoryUsage().rss
    expect(() => codec.decode(bodyOf(hex))).toThrow(CodecError)
    expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
  })

  it.each<[string, unknown]>([
    ['no list', 7],
    ['a place too few', [[1, 2], []]],
    ['a place that is not there', [[{ a: 1 }, 2], [['money', 0, 'b']]]],
    ['a place that is taken', [[{ a: 1 }, 2], [['money', 0, 'a']]]],
    ['a place on a prototype', [[{}, {}], [[4, 0, '__proto__', 'x']]]],
    ['the length of an array', [[[1], []], [[4, 0, 'length']]]],
    ['a part inside itself', [[1, [null]], [[4, 1, 0]]]],
    ['an unknown built-in', [[null, 1], [[99, 0]]]],
    ['an error of an unknown class', [[null, ['Object', 'x', [], []]], [[0, 0]]]],
  ])('parts with %s: CodecError', (_, value) => {
    const body = { kind: 0, flags: BODY_FLAG.parts, contentType: '', bytes: packed(value) } as const
    expect(() => codec.decode(body)).toThrow(CodecError)
  })

  it('unknown flags, and compressed bytes that were not expanded: CodecError', () => {
    for (const flags of [BODY_FLAG.brotli, 4, 128])
      expect(() => codec.decode(bodyOf('01', flags))).toThrow(CodecError)
    expect(() => codec.decode({ ...bodyOf('01', 1), kind: 1 })).toThrow(CodecError)
  })

  it('truncated or changed at will: a value or CodecError, nothing else', () => {
    fc.assert(
      fc.property(anyValue, fc.nat(), fc.nat(255), fc.boolean(), (value, at, byte, cut) => {
        const body = codec.encode(vet(value, OPTIONS))
        const bytes = Buffer.from(body.bytes)
        const place = at % Math.max(1, bytes.length)
        if (!cut) bytes[place] = byte
        try {
          codec.decode({ ...body, bytes: cut ? bytes.subarray(0, place) : bytes })
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
        expect({}).not.toHaveProperty('polluted')
      }),
      { numRuns: 400 },
    )
  })

  it('of any kind leave the codec usable', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), fc.constantFrom(0, 1), (bytes, flags) => {
        try {
          codec.decode({ kind: 0, flags, contentType: '', bytes })
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
        expect(roundTrip({ a: [1, 'x'] })).toEqual({ a: [1, 'x'] })
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('values that cannot be encoded', () => {
  it('are a CodecError with the cause', () => {
    const noDate: unknown = Object.create(Date.prototype)
    const vetted = vet({ at: noDate }, OPTIONS)
    expect(() => codec.encode(vetted)).toThrow(
      expect.objectContaining({ code: 'STRATA_CODEC', cause: expect.any(TypeError) as Error }),
    )
  })
})
