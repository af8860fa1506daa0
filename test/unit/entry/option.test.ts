import { describe, expect, test } from 'vitest'
import {
  knownOptions,
  parseBytes,
  parseChoice,
  parseCount,
  parseFlag,
  parseNumber,
} from '../../../src/entry/option.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { thrownBy } from '../cache/harness.js'

describe('knownOptions', () => {
  test('gives the very object', () => {
    const options = { a: 1, b: undefined }
    expect(knownOptions(options, ['a', 'b', 'c'])).toBe(options)
    expect(knownOptions(Object.create(null), [])).toEqual({})
  })

  test.each([[null], [undefined], [1], ['text'], [[]], [() => ({})]])(
    '%o is no object',
    (value) => {
      expect(thrownBy(() => knownOptions(value, ['a']))).toMatchObject({
        option: 'options',
        allowed: 'an object',
      })
      expect(thrownBy(() => knownOptions(value, ['a'], 'memory'))).toMatchObject({
        option: 'memory',
      })
    },
  )

  test('names what it does not know, with what it knows', () => {
    const error = thrownBy(() => knownOptions({ a: 1, x: 2 }, ['a', 'b'], 'memory'))
    expect(error).toMatchObject({ option: 'memory.x', value: 2 })
    expect(String(error)).toContain('known: a, b')
    expect(thrownBy(() => knownOptions({ constructor: 1 }, ['a']))).toMatchObject({
      option: 'constructor',
    })
    expect(thrownBy(() => knownOptions(JSON.parse('{"__proto__":1}'), ['a']))).toMatchObject({
      option: '__proto__',
    })
  })
})

describe.each<[string, (value: unknown) => unknown, unknown[], unknown[]]>([
  [
    'parseCount',
    (v) => parseCount(v, 'x', 1, 5),
    [1, 5, 3],
    [0, 6, 1.5, '3', Number.NaN, null, 3n],
  ],
  [
    'parseNumber',
    (v) => parseNumber(v, 'x', 0, 0.5),
    [0, 0.25, 0.5],
    [-0.1, 0.6, '0.1', Number.NaN, Infinity, null],
  ],
  ['parseFlag', (v) => parseFlag(v, 'x'), [true, false], [0, 1, 'true', null, undefined]],
  ['parseChoice', (v) => parseChoice(v, 'x', ['a', 'b']), ['a', 'b'], ['A', '', 0, null, ['a']]],
])('%s', (_, parse, good, bad) => {
  test.each(good.map((value) => [value]))('takes %o', (value) => {
    expect(parse(value)).toBe(value)
  })

  test.each(bad.map((value) => [value]))('refuses %o', (value) => {
    const error = thrownBy(() => parse(value))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option: 'x', value })
  })
})

describe('parseBytes', () => {
  test.each([
    [1, 1],
    ['512b', 512],
    ['4kb', 4_096],
    ['64mb', 67_108_864],
    ['2gb', 2_147_483_648],
  ])('%o is %d bytes', (value, bytes) => {
    expect(parseBytes(value, 'x', 1, 2 ** 40)).toBe(bytes)
  })

  test.each([0, -1, 1.5, '1.5kb', '4', '4 kb', '4KB', '4tb', 'kb', '', '9999999gb', null, {}])(
    'refuses %o',
    (value) => {
      const error = thrownBy(() => parseBytes(value, 'x', 1, 2 ** 40))
      expect(error).toBeInstanceOf(InvalidOptionError)
      expect(error).toMatchObject({ option: 'x', value })
    },
  )
})
