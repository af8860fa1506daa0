import vm from 'node:vm'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RawBody } from '../../../src/entry/raw-body.js'
import { type Vetted, type VetOptions, vet } from '../../../src/entry/vet.js'
import { CodecError } from '../../../src/errors.js'
import { anyValue, Money, OPTIONS, TYPES } from './values.js'

const FREEZE: VetOptions = { freeze: true, instances: 'refuse', types: [] }
const JSON_FORM: VetOptions = { freeze: true, instances: 'json', types: [] }

class Decimal {
  readonly digits: string
  constructor(digits: string) {
    this.digits = digits
  }
  toJSON(): string {
    return this.digits
  }
}

class Point {
  x = 1
  y: unknown = new Decimal('2')
}

function refused(value: unknown, options: VetOptions = FREEZE): CodecError {
  try {
    vet(value, options)
  } catch (error) {
    expect(error).toBeInstanceOf(CodecError)
    return error as CodecError
  }
  throw new Error('was accepted')
}

describe('what is accepted', () => {
  it('takes every kind of data by reference', () => {
    fc.assert(fc.property(anyValue, (value) => Object.is(vet(value, OPTIONS).value, value)))
  })

  it.each([
    ['undefined', undefined],
    ['a big integer', 2n ** 4_000n],
    ['a prototype-less object', Object.assign(Object.create(null), { a: 1 })],
    ['a plain object of another realm', vm.runInNewContext('({ a: [1, { b: 2 }] })')],
    ['a raw body', new RawBody('text/plain', Buffer.from('x'))],
    ['an error with a cause', new TypeError('bad', { cause: { id: 7 } })],
    ['an AggregateError', new AggregateError([new Error('a')], 'both')],
    ['an invalid date', new Date(Number.NaN)],
  ])('takes %s', (_, value) => {
    expect(vet(value, FREEZE).value).toBe(value)
  })
})

describe('what is refused', () => {
  it.each<[string, unknown, string, string]>([
    ['a function', { a: { run: () => 1 } }, 'a.run', 'function'],
    ['a symbol', [Symbol('x')], '[0]', 'symbol'],
    ['a promise', { a: [Promise.resolve(1)] }, 'a[0]', 'Promise'],
    ['a WeakMap', { w: new WeakMap() }, 'w', 'WeakMap'],
    [
      'a class instance',
      { posts: [0, 1, 2, { price: new Decimal('1') }] },
      'posts[3].price',
      'Decimal',
    ],
    ['a subclass of a built-in', { list: new (class List extends Array {})() }, 'list', 'List'],
    ['a subclass of Error', { e: new (class HttpError extends Error {})('x') }, 'e', 'HttpError'],
    ['a key that is no name', { 'unit price': new Decimal('1') }, '["unit price"]', 'Decimal'],
    ['an instance in a Map', new Map([['ada', { d: new Decimal('1') }]]), 'ada.d', 'Decimal'],
    ['an instance in a Set', new Set([1, new Decimal('1')]), '[1]', 'Decimal'],
    ['an instance in a cause', new Error('x', { cause: new Decimal('1') }), 'cause', 'Decimal'],
    ['an instance without constructor', Object.create({ constructor: undefined }), '', 'object'],
    ['an instance at the top', new Decimal('1'), '', 'Decimal'],
    ['a raw body inside a value', { body: new RawBody('a/b', Buffer.alloc(0)) }, 'body', 'RawBody'],
    ['a module-level object', { w: new WeakRef({}) }, 'w', 'WeakRef'],
    ['a shared buffer', new SharedArrayBuffer(8), '', 'SharedArrayBuffer'],
  ])('%s', (_, value, path, type) => {
    expect(refused(value)).toMatchObject({ path, type, code: 'STRATA_CODEC' })
  })

  it('names the place, the class and both ways out', () => {
    const { message } = refused({ posts: [{ price: new Decimal('1') }] })
    expect(message).toMatch(
      /^posts\[0\]\.price \(Decimal\) .*codec\.instances: 'json'.*codec\.types/,
    )
  })

  it('a cycle, and more than 256 levels', () => {
    const cycle: Record<string, unknown> = {}
    cycle.self = [cycle]
    expect(refused(cycle).message).toMatch(/contains itself/)
    const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)])
    expect(() => vet(nested(256), FREEZE)).not.toThrow()
    refused(nested(257))
  })

  it('shared references that would be endless when written out', () => {
    let value: unknown = 'x'.repeat(100_000)
    for (let i = 0; i < 60; i++) value = [value, value]
    expect(refused(value).message).toMatch(/512 MB/)
  })

  it('one long string many times over', () => {
    const text = 'x'.repeat(2 ** 20)
    expect(refused({ list: Array.from({ length: 600 }, () => text) }).message).toMatch(/512 MB/)
  })

  it('a length that nobody can store, without looking at each element', () => {
    // oxlint-disable-next-line unicorn/no-new-array -- a length of four billion cannot be had otherwise
    refused(new Array(2 ** 32 - 1))
  })

  it('what throws when it is looked at, with the cause', () => {
    const broken = new Error('broken')
    const value = {
      get a(): never {
        throw broken
      },
    }
    expect(refused(value).cause).toBe(broken)
  })

  it('and leaves the refused value unfrozen', () => {
    const value = { a: { b: 1 }, c: () => 1 }
    refused(value)
    expect(Object.isFrozen(value.a)).toBe(false)
  })

  it('for a Map, an instance of a type as its key', () => {
    const value = { rates: new Map([[new Money(1n, 'EUR'), 1]]) }
    expect(refused(value, OPTIONS)).toMatchObject({ path: 'rates[0]', type: 'Money' })
  })
})

describe('freeze', () => {
  it('freezes objects, arrays, errors and expressions, deeply', () => {
    const value = { list: [{ a: 1 }], error: new Error('x'), when: new Date(0), form: /x/ }
    vet(value, FREEZE)
    for (const part of [value, value.list, value.list[0], value.error, value.form]) {
      expect(Object.isFrozen(part)).toBe(true)
    }
  })

  it('freezes what stands inside a frozen object, a Map and a Set', () => {
    const inner = { a: 1 }
    const member = { b: 1 }
    vet(Object.freeze({ map: new Map([['k', inner]]), set: new Set([member]) }), FREEZE)
    expect(Object.isFrozen(inner) && Object.isFrozen(member)).toBe(true)
  })

  it('leaves everything as it is when off', () => {
    const value = { a: [{ b: 1 }] }
    vet(value, { ...FREEZE, freeze: false })
    expect(Object.isFrozen(value) || Object.isFrozen(value.a)).toBe(false)
  })

  it.each<[string, unknown, boolean]>([
    ['plain data', { a: [1, 'x', new Date()], e: new Error('x'), r: /x/ }, false],
    ['a Buffer', { a: Buffer.from('x') }, true],
    ['a typed array', [new Float32Array(1)], true],
    ['an ArrayBuffer', new ArrayBuffer(1), true],
    ['a DataView', new DataView(new ArrayBuffer(1)), true],
    ['a Map', new Map(), true],
    ['a Set', [new Set()], true],
    ['a global expression', /x/g, true],
    ['an instance of a type', [new Money(1n, 'EUR')], true],
  ])('says whether %s can change', (_, value, mutable) => {
    expect(vet(value, { ...FREEZE, types: TYPES }).mutable).toBe(mutable)
  })
})

describe("instances: 'json'", () => {
  const json = (value: unknown): Vetted => vet(value, JSON_FORM)

  it.each<[string, unknown, unknown]>([
    ['toJSON', new Decimal('1.5'), '1.5'],
    ['own properties, again in their JSON form', new Point(), { x: 1, y: '2' }],
    ['a URL', new URL('http://a.example/'), 'http://a.example/'],
    ['a boxed number', Object(7), 7],
    ['a subclass of Array', new (class List extends Array<number> {})(3).fill(1), [1, 1, 1]],
    [
      'an error of one’s own',
      new (class HttpError extends Error {
        status = 404
      })('gone'),
      { name: 'Error', message: 'gone', status: 404 },
    ],
    ['an instance in a Map', new Map([['k', new Decimal('1')]]), new Map([['k', '1']])],
    ['an instance in a Set', new Set([new Decimal('1')]), new Set(['1'])],
    ['a Map key', new Map([[new Decimal('1'), 1]]), new Map([['1', 1]])],
  ])('stores %s', (_, value, stored) => {
    expect(json(value).value).toStrictEqual(stored)
  })

  it('keeps what is unchanged by reference, and the original as it was', () => {
    const price = new Decimal('1')
    const value = { kept: { a: 1 }, changed: { list: [price, { b: 1 }] } }
    const stored = json(value).value as typeof value
    expect(stored.changed.list[0]).toBe('1')
    expect(stored.kept).toBe(value.kept)
    expect(stored.changed.list[1]).toBe(value.changed.list[1])
    expect(value.changed.list[0]).toBe(price)
    expect([Object.isFrozen(stored.changed.list), Object.isFrozen(value.changed.list)]).toEqual([
      true,
      false,
    ])
  })

  it('replaces an instance in the cause of an error', () => {
    const stored = json(new TypeError('x', { cause: new Decimal('1') })).value
    expect(stored).toBeInstanceOf(TypeError)
    expect(stored).toMatchObject({ message: 'x', cause: '1' })
  })

  it('still refuses promises and what is not data', () => {
    for (const value of [Promise.resolve(1), new WeakSet(), { run: () => 1 }])
      refused(value, JSON_FORM)
  })

  it('ends where each toJSON gives another instance', () => {
    class Endless {
      toJSON(): Endless {
        return new Endless()
      }
    }
    expect(refused({ a: new Endless() }, JSON_FORM).path).toBe('a')
  })

  it('keeps an own __proto__ property', () => {
    const value = JSON.parse('{"__proto__":{"x":1},"d":1}') as { d: unknown }
    value.d = new Decimal('1')
    const stored = json(value).value as object
    expect(Object.getPrototypeOf(stored)).toBe(Object.prototype)
    expect(Object.keys(stored)).toEqual(['__proto__', 'd'])
  })
})

describe('types', () => {
  it('lists each instance and its data', () => {
    const price = new Money(5n, 'EUR')
    expect(vet({ a: [price] }, OPTIONS).custom).toEqual([
      { value: price, type: 'money', data: [5n, 'EUR'] },
    ])
  })

  it('checks what encode gives, at the place of the instance', () => {
    expect(refused({ a: new Money(5n, { at: new Decimal('1') }) }, OPTIONS)).toMatchObject({
      path: 'a[1].at',
      type: 'Decimal',
    })
  })

  it('refuses an instance whose encode throws, with the cause', () => {
    const cause = new Error('no')
    const type = {
      ...TYPES[0]!,
      encode: () => {
        throw cause
      },
    }
    expect(refused({ a: new Money(1n, '') }, { ...OPTIONS, types: [type] })).toMatchObject({
      path: 'a',
      cause,
    })
  })

  it('never freezes what encode gives', () => {
    const currency = { code: 'EUR' }
    vet(new Money(1n, currency), { ...OPTIONS, freeze: true })
    expect(Object.isFrozen(currency)).toBe(false)
  })

  it('refuses an instance of a subclass', () => {
    class Coin extends Money {}
    expect(refused(new Coin(1n, 'EUR'), OPTIONS).type).toBe('Coin')
  })
})

describe('the estimate', () => {
  it('grows with what is stored and counts wide text twice', () => {
    const bytes = (value: unknown): number => vet(value, OPTIONS).bytes
    expect(bytes(null)).toBe(0)
    expect(bytes('x'.repeat(1_000))).toBeGreaterThanOrEqual(1_000)
    expect(bytes('ж'.repeat(1_000))).toBeGreaterThanOrEqual(2_000)
    expect(bytes(Buffer.alloc(5_000))).toBeGreaterThanOrEqual(5_000)
    expect(bytes(new RawBody('', Buffer.alloc(5_000)))).toBeGreaterThanOrEqual(5_000)
    expect(bytes([1.5, 2.5])).toBeGreaterThan(bytes([1, 2]))
    fc.assert(fc.property(anyValue, (value) => bytes([value]) > bytes(value) && bytes(value) >= 0))
  })
})
