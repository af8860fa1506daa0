import { describe, expect, it } from 'vitest'
import { cacheGroups, groupInvalidations, surrogateTags } from '../../../src/http/groups.js'
import { fields, type Lines } from './messages.js'

describe.each([
  ['Cache-Groups', cacheGroups],
  ['Cache-Group-Invalidation', groupInvalidations],
] as const)('%s', (name, groupsOf) => {
  it.each<[string, readonly string[]]>([
    ['"a"', ['a']],
    ['"a", "b"', ['a', 'b']],
    ['"A", "a"', ['A', 'a']],
    ['"a", "a"', ['a']],
    ['"a b,c"', ['a b,c']],
    [String.raw`"a\"b"`, ['a"b']],
    ['"a";x=1;y, "b"', ['a', 'b']],
    ['""', ['']],
    ['', []],
  ])('%s is %j', (value, groups) => {
    expect(groupsOf(fields(`${name}: ${value}`))).toEqual(groups)
  })

  it.each(['a', '"a", b', '"a",', '"a" "b"', '("a" "b")', '1', '"a', '"é"', '"a";X'])(
    'is ignored as a whole if it is no list of strings: %s',
    (value) => {
      expect(groupsOf(fields(`${name}: ${value}`))).toEqual([])
    },
  )

  it('is read over all lines, and no other field', () => {
    expect(groupsOf(fields([`${name}: "a"`, `${name}: "b"`, 'X-Groups: "c"']))).toEqual(['a', 'b'])
    expect(groupsOf(fields([]))).toEqual([])
  })

  it('has as many groups as are named, each once', () => {
    const names = Array.from({ length: 40 }, (_, i) => `${i}`.padStart(256, 'x'))
    const lines = [`${name}: "${names.join('", "')}"`, `${name}: "${names[0]}"`]
    expect(groupsOf(fields(lines))).toEqual(names)
  })
})

describe('surrogateTags', () => {
  it.each<[Lines, readonly string[]]>([
    [[], []],
    ['Surrogate-Key: a b  c', ['a', 'b', 'c']],
    ['Surrogate-Key: a\tb', ['a', 'b']],
    ['Surrogate-Key: a,b c', ['a,b', 'c']],
    ['Surrogate-Key:', []],
    ['Cache-Tag: a, b ,c', ['a', 'b', 'c']],
    ['Cache-Tag: a b,c', ['a b', 'c']],
    ['Cache-Tag: ,a,,', ['a']],
    ['Cache-Tag: "a,b"', ['"a', 'b"']],
    [
      ['Surrogate-Key: a', 'Surrogate-Key: b', 'Cache-Tag: c', 'Cache-Tag: a'],
      ['a', 'b', 'c'],
    ],
    ['Surrogate-Key: A a', ['A', 'a']],
  ])('of %j are %j', (lines, tags) => {
    expect(surrogateTags(fields(lines))).toEqual(tags)
  })

  it('are all that are named, each once', () => {
    const names = Array.from({ length: 40 }, (_, i) => `t${i}`)
    expect(surrogateTags(fields(`Surrogate-Key: ${names.join(' ')} t0`))).toEqual(names)
  })
})
