import fc from 'fast-check'
import { Packr } from 'msgpackr'
import { describe, expect, test } from 'vitest'
import { packForOthers, unpackFromOthers } from '../../../src/entry/interchange.js'
import { CodecError } from '../../../src/errors.js'

const bytes = (hex: string): Uint8Array => Buffer.from(hex.replaceAll(' ', ''), 'hex')

describe('a value for others, and back', () => {
  test.each<[name: string, value: unknown]>([
    ['plain data', { a: [1, -1, 1.5, 'text', true, null], b: { c: 'ü'.repeat(300) } }],
    ['small numbers, which are shapes elsewhere', Array.from({ length: 300 }, (_, i) => i)],
    ['a date', { at: new Date(1_700_000_000_123) }],
    ['bytes', Buffer.from([0, 255, 128])],
    ['a map with keys of other kinds', new Map([[1, 'a'] as const, [2, 'b'] as const])],
    ['64-bit integers', [2n ** 60n, -(2n ** 60n)]],
    ['nothing', {}],
  ])('%s', (_, value) => {
    expect(unpackFromOthers(packForOthers(value))).toEqual(value)
  })

  test('has names that mean something elsewhere', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1},"constructor":2,"__keys__":3}') as object
    const back = unpackFromOthers(packForOthers(value)) as object
    expect(JSON.stringify(back)).toBe(JSON.stringify(value))
    expect((back as { polluted?: unknown }).polluted).toBe(undefined)
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype)
  })

  test('has a number where an integer of 64 bits is small', () => {
    expect(unpackFromOthers(bytes('cf 0000000000000007'))).toBe(7)
  })

  test('is data of JSON as JSON has it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        const data = JSON.parse(JSON.stringify(value)) as unknown
        expect(JSON.stringify(unpackFromOthers(packForOthers(data)))).toBe(JSON.stringify(data))
      }),
    )
  })
})

describe('bytes of a stranger', () => {
  test.each<[name: string, hex: string]>([
    ['nothing at all', ''],
    ['an array that promises four billion elements', 'dd ffffffff'],
    ['such arrays in each other', 'dd 01ffffff dd 01ffffff dd 01ffffff c0'],
    ['a map that promises as many pairs', 'df ffffffff c0'],
    ['text longer than what comes', 'db 7fffffff 61'],
    ['bytes longer than what comes', 'c6 7fffffff 00'],
    ['a head without its length', 'dc 00'],
    ['an integer without its end', 'cf 00 00'],
    ['something behind the value', 'c0 c0'],
    ['the byte that is never used', 'c1'],
    ['a table of shapes', 'd4 72 40 91 a1 61'],
    ['a reference to another value', 'd6 70 00000001'],
    ['a regular expression', 'd4 78 00'],
    ['an integer without bound', 'c7 09 42 01 0000000000000000'],
    ['an extension that nobody knows', 'c9 00000001 05 00'],
    ['a timestamp of a length that it never has', 'd5 ff 0000'],
    ['an extension without a type', 'd4'],
    ['arrays without end', `${'91'.repeat(300)}c0`],
  ])('%s is refused', (_, hex) => {
    expect(() => unpackFromOthers(bytes(hex))).toThrow(CodecError)
  })

  test('are a value, or refused, whatever they are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (random) => {
        try {
          unpackFromOthers(random)
        } catch (error) {
          expect(error).toBeInstanceOf(CodecError)
        }
      }),
      { numRuns: 2_000 },
    )
  })

  test('are read as those read them who wrote them', () => {
    const foreign = new Packr({ useRecords: false, variableMapSize: true })
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const data = JSON.parse(JSON.stringify(value)) as unknown
        const read = unpackFromOthers(foreign.pack(data))
        expect(JSON.parse(JSON.stringify(read))).toEqual(data)
      }),
    )
  })
})
