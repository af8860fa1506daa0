import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { copyOf } from '../../../src/entry/copy.js'
import { RawBody } from '../../../src/entry/raw-body.js'
import { vet } from '../../../src/entry/vet.js'
import { CodecError } from '../../../src/errors.js'
import { anyValue, Money, OPTIONS, TYPES } from './values.js'

/** Everything in the value that has an identity. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found
  found.add(value)
  if (value instanceof Map || value instanceof Set) for (const part of value) objectsIn(part, found)
  // Two Buffers may lie side by side in Node's pool.
  if (ArrayBuffer.isView(value)) return Buffer.isBuffer(value) ? found : found.add(value.buffer)
  for (const part of Object.values(value)) objectsIn(part, found)
  if (value instanceof Error) objectsIn(value.cause, found)
  return found
}

describe('copyOf', () => {
  it('gives an equal value that shares nothing with the original', () => {
    fc.assert(
      fc.property(anyValue, (value) => {
        vet(value, { ...OPTIONS, freeze: true })
        const copy = copyOf(value, TYPES)
        expect(isDeepStrictEqual(copy, value)).toBe(true)
        const originals = objectsIn(value)
        for (const part of objectsIn(copy)) expect(originals.has(part)).toBe(false)
      }),
    )
  })

  it('gives what can be changed, of a frozen value', () => {
    const value = { list: [{ a: 1 }], error: new Error('x', { cause: { b: 1 } }) }
    vet(value, { ...OPTIONS, freeze: true })
    const copy = copyOf(value, [])
    copy.list[0]!.a = 2
    copy.list.push({ a: 3 })
    ;(copy.error.cause as { b: number }).b = 2
    expect(value).toMatchObject({ list: [{ a: 1 }], error: { cause: { b: 1 } } })
  })

  it('keeps classes, prototypes and positions', () => {
    const bare: unknown = Object.assign(Object.create(null), { a: 1 })
    const form = /x/g
    form.lastIndex = 3
    expect(Object.getPrototypeOf(copyOf(bare, []))).toBeNull()
    expect(copyOf(form, []).lastIndex).toBe(3)
    expect(Buffer.isBuffer(copyOf(Buffer.from('x'), []))).toBe(true)
    expect(copyOf(new AggregateError([new TypeError('a')], 'both'), [])).toMatchObject({
      name: 'AggregateError',
      message: 'both',
      errors: [{ name: 'TypeError', message: 'a' }],
    })
  })

  it('copies only the part of the memory that a view shows', () => {
    const view = new Uint16Array(new ArrayBuffer(1_000), 10, 2)
    expect(copyOf(view, []).buffer.byteLength).toBe(4)
  })

  it('keeps an own __proto__ property and pollutes nothing', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1}}') as object
    const copy = copyOf(value, [])
    expect(Object.keys(copy)).toEqual(['__proto__'])
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
    expect(copy).not.toHaveProperty('polluted')
  })

  it('copies instances by their type, and what encode hands through', () => {
    const value = new Money(1n, { code: 'EUR' })
    const copy = copyOf(value, TYPES)
    expect(copy).toBeInstanceOf(Money)
    expect(copy).toEqual(value)
    expect(copy.currency).not.toBe(value.currency)
  })

  it('copies a raw body', () => {
    const body = new RawBody('text/plain', Buffer.from('abc'))
    const copy = copyOf(body, [])
    expect(copy).toBeInstanceOf(RawBody)
    expect(copy.contentType).toBe('text/plain')
    expect(copy.bytes.buffer).not.toBe(body.bytes.buffer)
    expect(Buffer.from(copy.bytes).toString()).toBe('abc')
  })

  it('refuses a class it has no type for', () => {
    expect(() => copyOf({ a: new Money(1n, '') }, [])).toThrow(CodecError)
  })
})
