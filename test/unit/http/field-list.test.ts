import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isToken, splitList, trimOws, unquote } from '../../../src/http/field-list.js'

describe('splitList', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [['a'], ['a']],
    [['a,b'], ['a', 'b']],
    [['a , b'], ['a', 'b']],
    [[' a\t,\t b '], ['a', 'b']],
    [[',a,,b,'], ['a', 'b']],
    [[', ,'], []],
    [
      ['a', 'b,c'],
      ['a', 'b', 'c'],
    ],
    [['a="b,c",d'], ['a="b,c"', 'd']],
    [['"a,b",c'], ['"a,b"', 'c']],
    [[' "a,b" ,c'], ['"a,b"', 'c']],
    [['W/"a,b", "c"'], ['W/"a,b"', '"c"']],
    [[String.raw`a="b\",c",d`], [String.raw`a="b\",c"`, 'd']],
    [[String.raw`a="b\\",c`], [String.raw`a="b\\"`, 'c']],
    [['a="",b'], ['a=""', 'b']],
    [['a="b" c,d'], ['a="b" c', 'd']],
  ])('%j is %j', (lines, members) => {
    expect(splitList(lines)).toEqual(members)
  })

  it.each<[string, readonly string[]]>([
    ['a="b, c', ['a="b', 'c']],
    ['a="b, c="d', ['a="b, c="d']],
    ['a="b, c="d", e="f, g', ['a="b, c="d"', 'e="f', 'g']],
    [String.raw`a="b\", c`, [String.raw`a="b\"`, 'c']],
    ['a", b, c="d', ['a"', 'b', 'c="d']],
    ['a" , "b,c"', ['a"', '"b,c"']],
    ['x"a,b"', ['x"a', 'b"']],
    ['a="b"x"c,d"', ['a="b"x"c', 'd"']],
  ])('an unexpected or unclosed quote is an ordinary character: %j', (line, members) => {
    expect(splitList([line])).toEqual(members)
  })

  it('closes a quoted string at the end of its line', () => {
    expect(splitList(['a="b', 'c", no-store'])).toEqual(['a="b', 'c"', 'no-store'])
  })

  it('takes other white space for part of a member', () => {
    expect(splitList(['a\u{a0},\vb'])).toEqual(['a\u{a0}', '\vb'])
  })

  it('loses no character but commas and white space', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '\\', '=', ' ', 'W/') })
    fc.assert(
      fc.property(fc.array(text), (lines) => {
        const bare = (all: readonly string[]): string => all.join('').replace(/[, ]/g, '')
        expect(bare(splitList(lines))).toBe(bare(lines))
      }),
    )
  })

  it('is stable: the members joined are the same list', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', '"', '=', ' ', 'W/', 'b') })
    fc.assert(
      fc.property(text, (line) => {
        const members = splitList([line])
        expect(splitList(members)).toEqual(members)
      }),
    )
  })

  it.each(['"', '="', '\\"', '="\\', ',', ' ', ', "', 'W/"', '=",', '"\\",', ' "'])(
    'takes time in proportion to the length: %j',
    (unit) => {
      const line = unit.repeat(200_000)
      const before = performance.now()
      splitList([line])
      expect(performance.now() - before).toBeLessThan(5_000)
    },
  )
})

describe('unquote', () => {
  it.each([
    ['"a"', 'a'],
    ['""', ''],
    ['"a b,c"', 'a b,c'],
    [String.raw`"a\"b"`, 'a"b'],
    [String.raw`"a\\"`, 'a\\'],
    [String.raw`"\a"`, 'a'],
  ])('%s means %j', (text, meaning) => {
    expect(unquote(text)).toBe(meaning)
  })

  it.each(['', 'a', '"', '"a', 'a"', '"a"b', '"a""b"', ' "a"', String.raw`"a\"`])(
    '%j is no quoted string',
    (text) => {
      expect(unquote(text)).toBeUndefined()
    },
  )
})

describe('trimOws', () => {
  it.each([
    ['', ''],
    [' \t', ''],
    ['\ta b ', 'a b'],
    ['\na\u{a0}', '\na\u{a0}'],
  ])('%j becomes %j', (text, trimmed) => {
    expect(trimOws(text)).toBe(trimmed)
  })
})

describe('isToken', () => {
  it.each(['a', 'no-store', 'X', "!#$%&'*+-.^_`|~09"])('%j is one', (text) => {
    expect(isToken(text)).toBe(true)
  })

  it.each(['', ' ', 'a b', 'a=b', '"a"', 'ä', 'a\n', 'a:', '(a)'])('%j is none', (text) => {
    expect(isToken(text)).toBe(false)
  })
})
