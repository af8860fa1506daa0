import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate } from '../../../src/http/http-date.js'
import { contentRange, rangeOf } from '../../../src/http/range.js'
import { get, type Lines, NOW, response } from './messages.js'

const at = (seconds: number): string => formatHttpDate(NOW + seconds * 1_000)
const LENGTH = 100

const answer = (request: Lines, stored: Lines = [], length = LENGTH) =>
  rangeOf(get(request), response(stored), length)

describe('Range', () => {
  it.each([
    ['bytes=0-0', 0, 0],
    ['bytes=0-9', 0, 9],
    ['bytes=10-19', 10, 19],
    ['bytes=0-99', 0, 99],
    ['bytes=0-100', 0, 99],
    ['bytes=0-99999999999999999999', 0, 99],
    ['bytes=0-', 0, 99],
    ['bytes=99-', 99, 99],
    ['bytes=99-99', 99, 99],
    ['bytes=-1', 99, 99],
    ['bytes=-10', 90, 99],
    ['bytes=-100', 0, 99],
    ['bytes=-101', 0, 99],
    ['bytes=-99999999999999999999', 0, 99],
    ['bytes=00-09', 0, 9],
    ['BYTES=0-9', 0, 9],
    [' bytes=0-9 ', 0, 9],
  ])('%s is %d to %d', (value, from, to) => {
    expect(answer(`Range: ${value}`)).toEqual({ from, to })
  })

  it.each(['bytes=100-', 'bytes=100-200', 'bytes=-0', 'bytes=-00', 'bytes=99999999999999999999-'])(
    '%s is unsatisfiable',
    (value) => {
      expect(answer(`Range: ${value}`)).toBe('unsatisfiable')
    },
  )

  it.each([
    '',
    'bytes',
    'bytes=',
    'bytes=-',
    'bytes=5',
    'bytes=9-0',
    'bytes=100-99',
    'bytes=a-b',
    'bytes=0-9x',
    'bytes=+0-9',
    'bytes=0x0-0x9',
    'bytes=1.5-2',
    'bytes= 0-9',
    'bytes=0 - 9',
    'bytes =0-9',
    'bytes: 0-9',
    'bytes 0-9/100',
    'bytes=0-9,20-29',
    'bytes=0-9,',
    'bytes=,0-9',
    'bytes=--9',
    'bytes=0--9',
    'bytes=٠-٩',
    'items=0-9',
    '0-9',
  ])('%j is ignored', (value) => {
    expect(answer(`Range: ${value}`)).toBe('whole')
  })

  it('is ignored on two lines, for other methods and other responses', () => {
    const line = 'Range: bytes=0-9'
    expect(answer([line, line])).toBe('whole')
    expect(answer([])).toBe('whole')
    for (const method of ['HEAD', 'POST', 'get'])
      expect(rangeOf(get(line, { method }), response(), LENGTH)).toBe('whole')
    for (const status of [203, 204, 301, 404, 500])
      expect(rangeOf(get(line), response([], status), LENGTH)).toBe('whole')
  })

  it.each([
    ['bytes=0-', 'unsatisfiable'],
    ['bytes=0-9', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=-5', 'whole'],
  ])('%s of an empty body is %s', (value, expected) => {
    expect(answer(`Range: ${value}`, [], 0)).toBe(expected)
  })

  it('never reaches beyond the body', () => {
    const part = fc.oneof(fc.nat(30).map(String), fc.constant(''), fc.string({ maxLength: 2 }))
    fc.assert(
      fc.property(part, part, fc.nat(20), (first, last, length) => {
        const range = answer(`Range: bytes=${first}-${last}`, [], length)
        if (typeof range === 'string') return
        expect(range.from).toBeGreaterThanOrEqual(0)
        expect(range.to).toBeGreaterThanOrEqual(range.from)
        expect(range.to).toBeLessThan(length)
      }),
      { numRuns: 1_000 },
    )
  })
})

describe('If-Range', () => {
  const range = { from: 0, to: 9 }
  const changed = `Last-Modified: ${at(0)}`

  it.each<[string, Lines, object | string]>([
    ['"a"', 'ETag: "a"', range],
    ['"b"', 'ETag: "a"', 'whole'],
    ['W/"a"', 'ETag: W/"a"', 'whole'],
    ['"a"', 'ETag: W/"a"', 'whole'],
    ['W/"a"', 'ETag: "a"', 'whole'],
    ['"a"', [], 'whole'],
    ['"a", "b"', 'ETag: "a"', 'whole'],
    ['*', 'ETag: "a"', 'whole'],
    ['a', 'ETag: "a"', 'whole'],
    ['', 'ETag: "a"', 'whole'],
    [at(0), [changed, `Date: ${at(1)}`], range],
    ['Sunday, 06-Nov-94 08:49:37 GMT', [changed, `Date: ${at(1)}`], range],
    [at(0), [changed, `Date: ${at(0)}`], 'whole'],
    [at(0), changed, 'whole'],
    [at(5), [changed, `Date: ${at(9)}`], 'whole'],
    [at(-5), [changed, `Date: ${at(9)}`], 'whole'],
    [at(0), [`Date: ${at(9)}`], 'whole'],
  ])('%s for %j: %j', (value, stored, expected) => {
    expect(answer(['Range: bytes=0-9', `If-Range: ${value}`], stored)).toEqual(expected)
  })

  it('that fails makes a range that is unsatisfiable whole', () => {
    expect(answer(['Range: bytes=500-', 'If-Range: "b"'], 'ETag: "a"')).toBe('whole')
  })

  it('means nothing on two lines or without Range', () => {
    const lines = ['If-Range: "a"', 'If-Range: "a"']
    expect(answer(['Range: bytes=0-9', ...lines], 'ETag: "a"')).toBe('whole')
    expect(answer('If-Range: "a"', 'ETag: "a"')).toBe('whole')
  })
})

describe('contentRange', () => {
  it('tells the part, or the length there would be', () => {
    expect(contentRange({ from: 0, to: 9 }, 100)).toBe('bytes 0-9/100')
    expect(contentRange('unsatisfiable', 100)).toBe('bytes */100')
  })
})
