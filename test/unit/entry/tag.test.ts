import { describe, expect, test } from 'vitest'
import { assertTag, parseTags } from '../../../src/entry/tag.js'
import { InvalidOptionError } from '../../../src/errors.js'
import { thrownBy } from '../cache/harness.js'

const limits = { tagsPerEntry: 3, tagBytes: 8 }

describe('parseTags', () => {
  test.each([
    [undefined, []],
    [[], []],
    [['a'], ['a']],
    [
      ['a', 'b', 'a'],
      ['a', 'b'],
    ],
    [['12345678'], ['12345678']],
    [['éééé'], ['éééé']],
    [['a', 'a', 'a', 'a'], ['a']],
  ])('%o are %o', (tags, parsed) => {
    const result = parseTags(tags, limits)
    expect(result).toEqual(parsed)
    expect(Object.isFrozen(result)).toBe(true)
  })

  test.each([
    ['no array', 'a'],
    ['null', null],
    ['a Set', new Set(['a'])],
    ['a number', [1]],
    ['an empty one', ['']],
    ['an ill-formed one', ['\ud800']],
    ['too long a one', ['123456789']],
    ['too many bytes', ['ééééé']],
    ['too many', ['a', 'b', 'c', 'd']],
    // eslint-disable-next-line no-sparse-arrays
    ['a hole', ['a', , 'b']],
  ])('refuses %s', (_, tags) => {
    const error = thrownBy(() => parseTags(tags, limits))
    expect(error).toBeInstanceOf(InvalidOptionError)
    expect(error).toMatchObject({ option: 'tags' })
  })

  test("leaves the caller's array as it is", () => {
    const tags = ['a', 'a']
    parseTags(tags, limits)
    expect(tags).toEqual(['a', 'a'])
    expect(Object.isFrozen(tags)).toBe(false)
  })
})

test('assertTag counts UTF-8', () => {
  expect(() => assertTag('😀😀', 8)).not.toThrow()
  expect(() => assertTag('😀😀x', 8)).toThrow(InvalidOptionError)
})
