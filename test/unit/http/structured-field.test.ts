import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseDictionary, parseStringList } from '../../../src/http/structured-field.js'

const integer = (value: number) => ({ type: 'integer', value })
const decimal = (value: number) => ({ type: 'decimal', value })
const string = (value: string) => ({ type: 'string', value })
const token = (value: string) => ({ type: 'token', value })
const bytes = (value: string) => ({ type: 'bytes', value })
const date = (value: number) => ({ type: 'date', value })
const display = (value: string) => ({ type: 'display', value })
const yes = { type: 'boolean', value: true }
const no = { type: 'boolean', value: false }

describe('parseDictionary', () => {
  it.each<[string, object]>([
    ['', {}],
    ['  ', {}],
    ['a', { a: yes }],
    ['a=?1', { a: yes }],
    ['a=?0', { a: no }],
    ['a=1', { a: integer(1) }],
    ['a=-1', { a: integer(-1) }],
    ['a=042', { a: integer(42) }],
    ['a=999999999999999', { a: integer(999_999_999_999_999) }],
    ['a=1.5', { a: decimal(1.5) }],
    ['a=-0.125', { a: decimal(-0.125) }],
    ['a=999999999999.999', { a: decimal(999_999_999_999.999) }],
    ['a="x y"', { a: string('x y') }],
    ['a=""', { a: string('') }],
    [String.raw`a="\"\\"`, { a: string('"\\') }],
    ['a=foo', { a: token('foo') }],
    ['a=*foo/bar:b', { a: token('*foo/bar:b') }],
    ['a=:aGVsbG8=:', { a: bytes('aGVsbG8=') }],
    ['a=::', { a: bytes('') }],
    ['a=@1659578233', { a: date(1_659_578_233) }],
    ['a=@-1', { a: date(-1) }],
    ['a=%"f%c3%bc"', { a: display('fü') }],
    ['a=()', { a: [] }],
    ['a=(1  2 )', { a: [integer(1), integer(2)] }],
    ['a=( "x";q=1 y );z', { a: [string('x'), token('y')] }],
    ['a, b', { a: yes, b: yes }],
    ['a=1,b=2', { a: integer(1), b: integer(2) }],
    [' a=1\t,\tb=2 ', { a: integer(1), b: integer(2) }],
    ['a=1, a=2', { a: integer(2) }],
    ['a=1;x;y=2; z="q"', { a: integer(1) }],
    ['a;x=?0', { a: yes }],
    ['*a-_.*9=1', { '*a-_.*9': integer(1) }],
    ['a=1;b=:aa:;c=@1;d=%"x"', { a: integer(1) }],
  ])('reads %j', (text, members) => {
    expect(Object.fromEntries(parseDictionary([text]) ?? [['invalid', true]])).toEqual(members)
  })

  it('joins lines', () => {
    expect(parseDictionary(['a=1', 'b, a=3'])).toEqual(
      new Map<string, object>([
        ['a', integer(3)],
        ['b', yes],
      ]),
    )
    expect(parseDictionary([])).toEqual(new Map())
  })

  it.each([
    ',',
    'a,',
    ',a',
    'a,,b',
    'a b',
    'a=',
    'a =1',
    'a= 1',
    'A=1',
    'Max-Age=1',
    '1=a',
    '"a"=1',
    'a=1;',
    'a=1;B',
    'a=1; ;b',
    'a=1 ;b',
    'a=1;b=',
    'a=(1',
    'a=(1,2)',
    'a=(1"x")',
    'a=((1))',
    'a=(1))',
    'a="x',
    'a="x\\',
    String.raw`a="\x"`,
    'a="é"',
    'a="\t"',
    "a='x'",
    'a=?',
    'a=?2',
    'a=true?',
    'a=-',
    'a=--1',
    'a=+1',
    'a=1.',
    'a=.5',
    'a=1.2.3',
    'a=1.1234',
    'a=1234567890123456',
    'a=1234567890123.1',
    'a=1e3',
    'a=:a',
    'a=:a b:',
    'a=@',
    'a=@1.5',
    'a=@x',
    'a=%x',
    'a=%"x',
    'a=%"%C3%BC"',
    'a=%"%c3"',
    'a=%"%"',
    'a=%"é"',
    'a\n',
    '\ta',
    'a=1\u{a0}',
    'a={}',
  ])('%j is invalid', (text) => {
    expect(parseDictionary([text])).toBeUndefined()
  })

  it.each(['a=1', 'a="x', 'a=('])('is invalid as a whole when a line is: %j', (line) => {
    expect(parseDictionary([line, ''])).toBeUndefined()
  })

  it('never throws and takes time in proportion to the length', () => {
    const unit = fc.constantFrom('a', '=', '"', '\\', ',', ' ', '(', ')', ';', '1', '.', '%', '?0')
    fc.assert(
      fc.property(fc.string({ unit }), (text) => {
        parseDictionary([text])
        parseStringList([text])
      }),
      { numRuns: 1_000 },
    )
    const before = performance.now()
    for (const text of ['a,', 'a;b', '1', '"', '\\"', '(', ' ', 'a=(', '%', ':'])
      for (const start of ['', 'a=', 'a="', 'a=(', 'a=%"'])
        parseDictionary([start + text.repeat(100_000)])
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

describe('parseStringList', () => {
  it.each<[readonly string[], readonly string[]]>([
    [[], []],
    [[''], []],
    [['"a"'], ['a']],
    [['"a", "b c","d,e"'], ['a', 'b c', 'd,e']],
    [
      ['"a"', '"b"'],
      ['a', 'b'],
    ],
    [['"a";x=1;y, "b"'], ['a', 'b']],
    [[String.raw`"\"\\"`], ['"\\']],
    [['"a", "a"'], ['a', 'a']],
  ])('reads %j', (lines, strings) => {
    expect(parseStringList(lines)).toEqual(strings)
  })

  it.each([
    'a',
    '1',
    '"a", b',
    '("a")',
    '"a",',
    '"a" "b"',
    '"a',
    '?1',
    '"a";',
    "'a'",
    '"é"',
    '"a";X',
  ])('%j is none', (text) => {
    expect(parseStringList([text])).toBeUndefined()
  })
})
