import { describe, expect, it } from 'vitest'
import {
  fieldsOf,
  hasField,
  linesOf,
  valueOf,
  withField,
  withoutFields,
} from '../../../src/http/fields.js'

const FIELDS = ['a', '1', 'b', '2', 'a', '', 'c', 'a']

describe('fields', () => {
  it('are names in lower case and values as they are, in order', () => {
    expect(fieldsOf(['X-A', 'B', 'x-a', 'C', 'DATE', ' d '])).toEqual([
      'x-a',
      'B',
      'x-a',
      'C',
      'date',
      ' d ',
    ])
    expect(fieldsOf([])).toEqual([])
    expect(fieldsOf(['A', '1', 'odd'])).toEqual(['a', '1'])
  })

  it.each([
    ['a', ['1', ''], '1, '],
    ['b', ['2'], '2'],
    ['1', [], undefined],
    ['A', [], undefined],
  ])('named %s have the lines %j', (name, lines, value) => {
    expect(linesOf(FIELDS, name)).toEqual(lines)
    expect(valueOf(FIELDS, name)).toBe(value)
    expect(hasField(FIELDS, name)).toBe(lines.length > 0)
  })

  it('are changed in copies', () => {
    expect(withoutFields(FIELDS, new Set(['a', 'x']))).toEqual(['b', '2', 'c', 'a'])
    expect(withField(FIELDS, 'a', '9')).toEqual(['b', '2', 'c', 'a', 'a', '9'])
    expect(withField([], 'a', '9')).toEqual(['a', '9'])
    expect(FIELDS).toHaveLength(8)
  })
})
