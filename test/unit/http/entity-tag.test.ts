import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  parseEntityTag,
  parseEntityTags,
  strongMatch,
  weakMatch,
} from '../../../src/http/entity-tag.js'

const strong = (opaque: string) => ({ weak: false, opaque })
const weak = (opaque: string) => ({ weak: true, opaque })

describe('parseEntityTag', () => {
  it.each([
    ['"a"', strong('a')],
    ['W/"a"', weak('a')],
    ['""', strong('')],
    ['W/""', weak('')],
    [' "a"\t', strong('a')],
    ['"a,b"', strong('a,b')],
    [String.raw`"a\"`, strong('a\\')],
    ['"!#~é"', strong('!#~é')],
    ['"W/"', strong('W/')],
  ])('reads %j', (text, tag) => {
    expect(parseEntityTag(text)).toEqual(tag)
  })

  it.each([
    undefined,
    '',
    'a',
    '*',
    '"',
    '"a',
    'a"',
    'w/"a"',
    'W/a',
    'W / "a"',
    'W/ "a"',
    '"a" "b"',
    '"a", "b"',
    '"a",',
    '"a b"',
    '"a"b"',
    String.raw`"a\"b"`,
    '"a\t"',
    '"a\u{7f}"',
    "'a'",
  ])('%j is none', (text) => {
    expect(parseEntityTag(text)).toBeUndefined()
  })
})

describe('parseEntityTags', () => {
  it.each([
    [['*'], '*'],
    [[' * '], '*'],
    [[], []],
    [[''], []],
    [['"a"'], [strong('a')]],
    [['"a", W/"b"'], [strong('a'), weak('b')]],
    [['"a","b"'], [strong('a'), strong('b')]],
    [[',, "a" ,\t, "b" ,'], [strong('a'), strong('b')]],
    [['"a,b", "c"'], [strong('a,b'), strong('c')]],
    [
      ['"a"', 'W/"b"'],
      [strong('a'), weak('b')],
    ],
    [['"a", *'], [strong('a')]],
    [['*', '"a"'], [strong('a')]],
    [['"a", b, "c"'], [strong('a')]],
    [['a, "c"'], []],
    [['"a" "b"'], [strong('a')]],
    [['"a"b'], [strong('a')]],
    [['"a'], []],
  ])('%j is %j', (lines, tags) => {
    expect(parseEntityTags(lines)).toEqual(tags)
  })

  it('never throws and takes time in proportion to the length', () => {
    const unit = fc.constantFrom('"', 'W', '/', ',', ' ', 'a', '*', '\\')
    fc.assert(fc.property(fc.array(fc.string({ unit })), (lines) => void parseEntityTags(lines)))
    const before = performance.now()
    for (const text of ['"', 'W/', '"",', ' ', ', ', '"a" ', 'W/"'])
      parseEntityTags([text.repeat(200_000)])
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

describe('comparison', () => {
  // The table of RFC 9110 section 8.8.3.2.
  it.each([
    [weak('1'), weak('1'), false, true],
    [weak('1'), weak('2'), false, false],
    [weak('1'), strong('1'), false, true],
    [strong('1'), weak('1'), false, true],
    [strong('1'), strong('1'), true, true],
    [strong('a'), strong('A'), false, false],
  ])('of %j and %j is strong %s, weak %s', (a, b, strongly, weakly) => {
    expect(strongMatch(a, b)).toBe(strongly)
    expect(weakMatch(a, b)).toBe(weakly)
  })
})
