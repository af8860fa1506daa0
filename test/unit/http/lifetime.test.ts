import { describe, expect, it } from 'vitest'
import { parseDirectives } from '../../../src/http/directives.js'
import { linesOf } from '../../../src/http/fields.js'
import { formatHttpDate } from '../../../src/http/http-date.js'
import { explicitLifetime, heuristicLifetime, type Statement } from '../../../src/http/lifetime.js'
import { get, type Lines, NOW, response } from './messages.js'

const DAY = 86_400
const at = (seconds: number): string => formatHttpDate(NOW + seconds * 1_000)

function statement(lines: Lines, status = 200): Statement {
  const head = response(lines, status)
  const directives = parseDirectives(linesOf(head.fields, 'cache-control'))
  return { response: head, directives, targeted: false, responseAt: NOW }
}

describe('explicitLifetime', () => {
  it.each<[string, Lines, number | undefined]>([
    ['nothing', [], undefined],
    ['only directives without seconds', 'Cache-Control: public, no-cache', undefined],
    ['max-age', 'Cache-Control: max-age=60', 60],
    ['s-maxage', 'Cache-Control: s-maxage=60', 60],
    ['s-maxage over max-age', 'Cache-Control: max-age=5, s-maxage=60', 60],
    ['s-maxage over max-age, smaller', 'Cache-Control: max-age=60, s-maxage=5', 5],
    ['an invalid s-maxage over max-age', 'Cache-Control: max-age=60, s-maxage=x', 0],
    ['max-age over Expires', ['Cache-Control: max-age=5', `Expires: ${at(60)}`], 5],
    ['an invalid max-age over Expires', ['Cache-Control: max-age=x', `Expires: ${at(60)}`], 0],
    ['max-age of zero over Expires', ['Cache-Control: max-age=0', `Expires: ${at(60)}`], 0],
    ['Expires', `Expires: ${at(60)}`, 60],
    ['Expires after Date', [`Expires: ${at(60)}`, `Date: ${at(20)}`], 40],
    ['Expires after an old Date', [`Expires: ${at(60)}`, `Date: ${at(-20)}`], 80],
    ['Expires with a Date that is none', [`Expires: ${at(60)}`, 'Date: x'], 60],
    ['Expires at Date', [`Expires: ${at(0)}`, `Date: ${at(0)}`], 0],
    ['Expires before Date', [`Expires: ${at(0)}`, `Date: ${at(20)}`], 0],
    ['Expires: 0', 'Expires: 0', 0],
    ['Expires: -1', 'Expires: -1', 0],
    ['no Expires', 'Expires:', 0],
    ['Expires in another zone', `Expires: ${at(60).replace('GMT', 'CET')}`, 0],
    ['Expires twice', [`Expires: ${at(60)}`, `Expires: ${at(60)}`], 0],
    ['Expires twice in one', `Expires: ${at(60)}, ${at(60)}`, 0],
    ['Expires in the format of RFC 850', 'Expires: Sunday, 06-Nov-94 08:50:37 GMT', 60],
    ['Expires in the format of asctime', 'Expires: Sun Nov  6 08:50:37 1994', 60],
    ['Expires in lower case', `Expires: ${at(60).toLowerCase()}`, 60],
  ])('of %s', (_, lines, seconds) => {
    expect(explicitLifetime(statement(lines))).toBe(
      seconds === undefined ? undefined : seconds * 1_000,
    )
  })

  it('does not hear Expires beside a targeted field', () => {
    const told = { ...statement(`Expires: ${at(60)}`), targeted: true }
    expect(explicitLifetime(told)).toBeUndefined()
  })
})

describe('heuristicLifetime', () => {
  const modified = (seconds: number): string => `Last-Modified: ${at(-seconds)}`

  it.each<[string, Lines, number | undefined]>([
    ['nothing', [], undefined],
    ['a tenth of the age', modified(1_000), 100],
    ['at most a day', modified(11 * DAY), DAY],
    ['a day at ten days', modified(10 * DAY), DAY],
    ['relative to Date', [modified(1_000), `Date: ${at(-500)}`], 50],
    ['nothing if changed after it was made', modified(-1), undefined],
    ['nothing if changed when it was made', modified(0), undefined],
    ['nothing for what is no date', 'Last-Modified: x', undefined],
    ['nothing for two dates', [modified(1_000), modified(2_000)], undefined],
  ])('is %s', (_, lines, seconds) => {
    expect(heuristicLifetime(get(), statement(lines))).toBe(
      seconds === undefined ? undefined : seconds * 1_000,
    )
  })

  it.each([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])('is for status %d', (status) => {
    expect(heuristicLifetime(get(), statement(modified(1_000), status))).toBe(100_000)
  })

  it.each([201, 202, 302, 303, 307, 400, 403, 429, 500, 502, 503, 504, 599])(
    'is for status %d only if it is public',
    (status) => {
      expect(heuristicLifetime(get(), statement(modified(1_000), status))).toBeUndefined()
      const lines = [modified(1_000), 'Cache-Control: public']
      expect(heuristicLifetime(get(), statement(lines, status))).toBe(100_000)
    },
  )

  it.each(['Cookie: a=b', 'Cookie:', 'Authorization: Basic eA=='])(
    'is never for a request with %s',
    (line) => {
      const lines = [modified(1_000), 'Cache-Control: public']
      expect(heuristicLifetime(get(line), statement(lines))).toBeUndefined()
    },
  )
})
