import { describe, expect, it } from 'vitest'
import { type Condition, conditionOf, notModifiedFields } from '../../../src/http/conditional.js'
import { formatHttpDate } from '../../../src/http/http-date.js'
import { fields, get, type Lines, NOW, response } from './messages.js'

const at = (seconds: number): string => formatHttpDate(NOW + seconds * 1_000)
const TAGGED = 'ETag: "a"'
const CHANGED = `Last-Modified: ${at(0)}`

function condition(request: Lines, stored: Lines, status = 200, method = 'GET'): Condition {
  return conditionOf(get(request, { method }), response(stored, status))
}

describe('If-None-Match', () => {
  it.each<[string, Lines, Condition]>([
    ['"a"', TAGGED, 'not-modified'],
    ['"b"', TAGGED, 'send'],
    ['"A"', TAGGED, 'send'],
    ['W/"a"', TAGGED, 'not-modified'],
    ['"a"', 'ETag: W/"a"', 'not-modified'],
    ['W/"a"', 'ETag: W/"a"', 'not-modified'],
    ['"b", "a"', TAGGED, 'not-modified'],
    ['"b","c"', TAGGED, 'send'],
    ['W/"b", W/"a"', TAGGED, 'not-modified'],
    ['"b,a"', TAGGED, 'send'],
    ['"a,b"', 'ETag: "a,b"', 'not-modified'],
    ['*', TAGGED, 'not-modified'],
    ['*', [], 'not-modified'],
    ['"*"', TAGGED, 'send'],
    ['a', TAGGED, 'send'],
    ['a', 'ETag: a', 'send'],
    ['w/"a"', TAGGED, 'send'],
    ['', TAGGED, 'send'],
    ['"a"', [], 'send'],
    ['"a"', ['ETag: "a"', 'ETag: "b"'], 'send'],
  ])('%s for %j: %s', (value, stored, expected) => {
    expect(condition(`If-None-Match: ${value}`, stored)).toBe(expected)
  })

  it('is read over all lines', () => {
    expect(condition(['If-None-Match: "b"', 'If-None-Match: "a"'], TAGGED)).toBe('not-modified')
  })

  it('is heard alone where If-Modified-Since is there too', () => {
    const since = (seconds: number): string => `If-Modified-Since: ${at(seconds)}`
    expect(condition(['If-None-Match: "b"', since(5)], [TAGGED, CHANGED])).toBe('send')
    expect(condition(['If-None-Match: "a"', since(-5)], [TAGGED, CHANGED])).toBe('not-modified')
    expect(condition(['If-None-Match: x', since(5)], [TAGGED, CHANGED])).toBe('send')
    expect(condition(['If-None-Match: "b"', since(5)], CHANGED)).toBe('send')
  })
})

describe('If-Modified-Since', () => {
  it.each<[string, Lines, Condition]>([
    [at(0), CHANGED, 'not-modified'],
    [at(1), CHANGED, 'not-modified'],
    [at(-1), CHANGED, 'send'],
    ['Sunday, 06-Nov-94 08:49:37 GMT', CHANGED, 'not-modified'],
    ['Sun Nov  6 08:49:37 1994', CHANGED, 'not-modified'],
    [at(0), `Date: ${at(0)}`, 'not-modified'],
    [at(0), `Date: ${at(1)}`, 'send'],
    [at(0), [CHANGED, `Date: ${at(9)}`], 'not-modified'],
    [at(0), ['Last-Modified: x', `Date: ${at(0)}`], 'send'],
    [at(0), [], 'send'],
    ['', CHANGED, 'send'],
    ['0', CHANGED, 'send'],
    [`${at(0)}, ${at(0)}`, CHANGED, 'send'],
  ])('%s for %j: %s', (value, stored, expected) => {
    expect(condition(`If-Modified-Since: ${value}`, stored)).toBe(expected)
  })

  it('is ignored on two lines', () => {
    const line = `If-Modified-Since: ${at(0)}`
    expect(condition([line, line], CHANGED)).toBe('send')
  })
})

describe('If-Match', () => {
  it.each<[string, Lines, Condition]>([
    ['"a"', TAGGED, 'send'],
    ['"b", "a"', TAGGED, 'send'],
    ['*', [], 'send'],
    ['"b"', TAGGED, 'failed'],
    ['W/"a"', TAGGED, 'failed'],
    ['"a"', 'ETag: W/"a"', 'failed'],
    ['"a"', [], 'failed'],
    ['', TAGGED, 'failed'],
  ])('%s for %j: %s', (value, stored, expected) => {
    expect(condition(`If-Match: ${value}`, stored)).toBe(expected)
  })

  it('is heard before all others', () => {
    expect(condition(['If-Match: "b"', 'If-None-Match: "a"'], TAGGED)).toBe('failed')
    expect(condition(['If-Match: "a"', 'If-None-Match: "a"'], TAGGED)).toBe('not-modified')
    expect(condition(['If-Match: "a"', `If-Unmodified-Since: ${at(-5)}`], [TAGGED, CHANGED])).toBe(
      'send',
    )
  })
})

describe('If-Unmodified-Since', () => {
  it.each<[string, Lines, Condition]>([
    [at(0), CHANGED, 'send'],
    [at(1), CHANGED, 'send'],
    [at(-1), CHANGED, 'failed'],
    [at(-1), [], 'send'],
    [at(-1), `Date: ${at(0)}`, 'send'],
    ['x', CHANGED, 'send'],
    [`${at(-1)}, ${at(-1)}`, CHANGED, 'send'],
  ])('%s for %j: %s', (value, stored, expected) => {
    expect(condition(`If-Unmodified-Since: ${value}`, stored)).toBe(expected)
  })

  it('is heard before If-None-Match', () => {
    const lines = [`If-Unmodified-Since: ${at(-1)}`, 'If-None-Match: "a"']
    expect(condition(lines, [TAGGED, CHANGED])).toBe('failed')
  })
})

describe('conditions', () => {
  it.each(['If-None-Match: *', 'If-Match: "b"', `If-Modified-Since: ${at(5)}`])(
    'are heard for GET and HEAD and successes only: %s',
    (line) => {
      const stored = [TAGGED, CHANGED]
      expect(condition(line, stored)).not.toBe('send')
      expect(condition(line, stored, 200, 'HEAD')).not.toBe('send')
      expect(condition(line, stored, 204)).not.toBe('send')
      for (const status of [301, 404, 410, 500])
        expect(condition(line, stored, status)).toBe('send')
      for (const method of ['POST', 'OPTIONS', 'get'])
        expect(condition(line, stored, 200, method)).toBe('send')
    },
  )

  it('that are not there are met', () => {
    expect(condition([], [TAGGED, CHANGED])).toBe('send')
  })
})

describe('notModifiedFields', () => {
  it.each([
    'Content-Location: /a',
    `Date: ${at(0)}`,
    TAGGED,
    'Vary: Accept',
    'Cache-Control: max-age=5',
    `Expires: ${at(5)}`,
    'Age: 5',
    'Content-Security-Policy: none',
    'Access-Control-Allow-Origin: *',
    'X-Any: 1',
  ])('has %s', (line) => {
    expect(notModifiedFields(fields(line))).toEqual(fields(line))
  })

  it.each([
    'Content-Type: text/html',
    'Content-Length: 5',
    'Content-Encoding: gzip',
    'Content-Language: en',
    'Content-Range: bytes 0-1/2',
    'Accept-Ranges: bytes',
    'Repr-Digest: sha-256=:aa:',
  ])('has no %s', (line) => {
    expect(notModifiedFields(fields([line, 'X: 1']))).toEqual(['x', '1'])
  })

  it('has Last-Modified only without ETag', () => {
    expect(notModifiedFields(fields(CHANGED))).toEqual(fields(CHANGED))
    expect(notModifiedFields(fields([CHANGED, TAGGED]))).toEqual(fields(TAGGED))
  })
})
