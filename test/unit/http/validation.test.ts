import { describe, expect, it } from 'vitest'
import { formatHttpDate } from '../../../src/http/http-date.js'
import { judge } from '../../../src/http/storable.js'
import {
  freshen,
  headAgrees,
  updateFromHead,
  validationRequest,
} from '../../../src/http/validation.js'
import { fields, get, type Lines, NOW, response, RULES } from './messages.js'

const at = (seconds: number): string => formatHttpDate(NOW + seconds * 1_000)
const date = (seconds: number): string => `Date: ${at(seconds)}`
const changed = (seconds: number): string => `Last-Modified: ${at(seconds)}`

describe('validationRequest', () => {
  it.each<[string, Lines, Lines]>([
    ['an ETag', 'ETag: "a"', 'If-None-Match: "a"'],
    ['a weak ETag', 'ETag: W/"a"', 'If-None-Match: W/"a"'],
    ['Last-Modified', changed(0), `If-Modified-Since: ${at(0)}`],
    ['both', [changed(0), 'ETag: "a"'], ['If-None-Match: "a"', `If-Modified-Since: ${at(0)}`]],
    ['neither', [date(0), 'X: 1'], []],
    ['an ETag that is none', ['ETag: a', changed(0)], `If-Modified-Since: ${at(0)}`],
    ['two ETags', ['ETag: "a"', 'ETag: "b"'], []],
    ['a date that is none', ['ETag: "a"', 'Last-Modified: x'], 'If-None-Match: "a"'],
    [
      'a date as it was sent',
      'Last-Modified: Sun Nov  6 08:49:37 1994',
      'If-Modified-Since: Sun Nov  6 08:49:37 1994',
    ],
  ])('asks by %s', (_, stored, conditions) => {
    const request = get(['Accept: a', 'Cache-Control: no-cache'], { target: '/x' })
    expect(validationRequest(request, response(stored))).toEqual({
      ...request,
      fields: fields(['Accept: a', 'Cache-Control: no-cache', ...[conditions].flat()]),
    })
  })

  it.each([
    'If-Match: "x"',
    'If-None-Match: "x"',
    `If-Modified-Since: ${at(9)}`,
    `If-Unmodified-Since: ${at(9)}`,
    'If-Range: "x"',
    'Range: bytes=0-1',
  ])("drops the client's %s", (line) => {
    const { fields: sent } = validationRequest(get([line, 'X: 1', line]), response('ETag: "a"'))
    expect(sent).toEqual(fields(['X: 1', 'If-None-Match: "a"']))
  })
})

describe('freshen selects', () => {
  it.each<[string, Lines, Lines, boolean]>([
    ['the same strong tag', 'ETag: "a"', 'ETag: "a"', true],
    ['another strong tag', 'ETag: "a"', 'ETag: "b"', false],
    ['a strong tag for a weak one', 'ETag: W/"a"', 'ETag: "a"', false],
    ['a weak tag for a strong one', 'ETag: "a"', 'ETag: W/"a"', true],
    ['the same weak tag', 'ETag: W/"a"', 'ETag: W/"a"', true],
    ['another weak tag', 'ETag: W/"a"', 'ETag: W/"b"', false],
    ['the same tag, another date', ['ETag: "a"', changed(0)], ['ETag: "a"', changed(5)], true],
    ['another tag, the same date', ['ETag: "a"', changed(0)], ['ETag: "b"', changed(0)], false],
    ['the same date', changed(0), changed(0), true],
    [
      'the same date in another format',
      changed(0),
      'Last-Modified: Sun Nov  6 08:49:37 1994',
      true,
    ],
    ['another date', changed(0), changed(5), false],
    ['an earlier date', changed(0), changed(-5), false],
    ['a date where there was none', 'ETag: "a"', changed(0), false],
    ['a tag where there was none', [], 'ETag: "a"', false],
    ['a weak tag where there was none', [], 'ETag: W/"a"', false],
    ['a new strong tag, a weak date', [changed(0), date(0)], ['ETag: "a"', changed(0)], false],
    ['a new strong tag, a strong date', [changed(0), date(1)], ['ETag: "a"', changed(0)], true],
    ['a new weak tag, the same date', changed(0), ['ETag: W/"a"', changed(0)], true],
    ['nothing, of nothing', [], [], true],
    ['nothing, after it was asked by tag', 'ETag: "a"', [], true],
    ['nothing, after it was asked by date', changed(0), [], true],
    ['a tag that is none', 'ETag: "a"', 'ETag: a', true],
    ['a date that is none', changed(0), 'Last-Modified: x', true],
  ])('%s', (_, stored, told, selected) => {
    expect(freshen(response(stored), response(told, 304)) !== undefined).toBe(selected)
  })
})

describe('freshen updates', () => {
  it.each<[string, Lines, Lines, Lines]>([
    ['what both have', ['X: 1', 'Y: 1'], 'X: 2', ['Y: 1', 'X: 2']],
    ['all lines of a name', ['X: 1', 'X: 2', 'Y: 1'], ['X: 3', 'X: 4'], ['Y: 1', 'X: 3', 'X: 4']],
    ['with what is new', 'X: 1', 'Y: 1', ['X: 1', 'Y: 1']],
    [
      'Cache-Control',
      'Cache-Control: max-age=5',
      'Cache-Control: no-store',
      'Cache-Control: no-store',
    ],
    ['Content-Type', 'Content-Type: a/b', 'Content-Type: c/d', 'Content-Type: c/d'],
    ['ETag, made weak', 'ETag: "a"', 'ETag: W/"a"', 'ETag: W/"a"'],
    ['not Content-Length', 'Content-Length: 5', 'Content-Length: 0', 'Content-Length: 5'],
    [
      'not Content-Encoding',
      'Content-Encoding: br',
      'Content-Encoding: gzip',
      'Content-Encoding: br',
    ],
    ['without a new Content-Encoding', 'X: 1', 'Content-Encoding: gzip', 'X: 1'],
    ['without a Content-Range', 'X: 1', 'Content-Range: bytes */5', 'X: 1'],
    ['nothing for this hop', 'X: 1', ['Connection: Y', 'Y: 1', 'Keep-Alive: 5'], 'X: 1'],
    ['nothing of a proxy', 'X: 1', 'Proxy-Authenticate: Basic', 'X: 1'],
    ['Date', date(0), date(9), date(9)],
    ['Age', 'Age: 9', 'Age: 5', 'Age: 5'],
    ['and forgets Age', ['Age: 9', 'X: 1'], [], 'X: 1'],
    ['and forgets Date', [date(0), 'X: 1'], [], 'X: 1'],
    ['and keeps Expires', `Expires: ${at(5)}`, date(2), [`Expires: ${at(5)}`, date(2)]],
  ])('%s', (_, stored, told, expected) => {
    expect(freshen(response(stored), response(told, 304))).toEqual(response(expected))
  })

  it('no status', () => {
    expect(freshen(response('ETag: "a"', 404), response('ETag: "a"', 304))?.status).toBe(404)
  })

  it('a response that is then young again', () => {
    const old = response(['ETag: "a"', 'Cache-Control: max-age=60', date(-500), 'Age: 400'])
    const young = freshen(old, response('ETag: "a"', 304))
    const times = { requestAt: NOW, responseAt: NOW }
    const verdict = judge({ request: get(), response: young ?? old, ...times }, RULES)
    expect(verdict).toMatchObject({ storable: true, lifetime: { initialAge: 0 } })
  })
})

describe('headAgrees', () => {
  it.each<[string, Lines, Lines, boolean]>([
    ['nothing told', ['ETag: "a"', 'Content-Length: 5'], 'X: 1', true],
    [
      'all the same',
      ['ETag: "a"', changed(0), 'Content-Length: 5'],
      ['ETag: "a"', changed(0), 'Content-Length: 5'],
      true,
    ],
    ['another tag', 'ETag: "a"', 'ETag: "b"', false],
    ['a weaker tag', 'ETag: "a"', 'ETag: W/"a"', false],
    ['a tag where there was none', [], 'ETag: "a"', false],
    ['another date', changed(0), changed(1), false],
    ['the same tag, another date', ['ETag: "a"', changed(0)], ['ETag: "a"', changed(1)], false],
    ['another length', 'Content-Length: 5', 'Content-Length: 6', false],
    [
      'the same tag, another length',
      ['ETag: "a"', 'Content-Length: 5'],
      ['ETag: "a"', 'Content-Length: 6'],
      false,
    ],
    ['a length where there was none', [], 'Content-Length: 6', false],
  ])('%s', (_, stored, told, agrees) => {
    expect(headAgrees(response(stored), response(told))).toBe(agrees)
  })
})

describe('updateFromHead', () => {
  it('replaces what the HEAD told and keeps what describes the body', () => {
    const stored = response(['ETag: "a"', 'X: 1', 'Content-Length: 5', 'Age: 9', date(0)])
    const head = response(['ETag: "a"', 'X: 2', 'Content-Length: 5', 'Y: 1', date(9)])
    expect(updateFromHead(stored, head)).toEqual(
      response(['Content-Length: 5', 'ETag: "a"', 'X: 2', 'Y: 1', date(9)]),
    )
  })
})
