import { describe, expect, it } from 'vitest'
import { type Directives, NO_DIRECTIVES } from '../../../src/http/directives.js'
import { targetedDirectives } from '../../../src/http/targeted.js'
import { fields, type Lines } from './messages.js'

const NAMES = ['strata-cache-control', 'cdn-cache-control']

describe('targetedDirectives', () => {
  it.each<[string, Partial<Directives>]>([
    ['max-age=60', { maxAge: 60 }],
    ['max-age=99999999999', { maxAge: 2 ** 31 }],
    ['no-store', { noStore: true }],
    ['no-cache', { noCache: true }],
    ['private', { private: true }],
    ['must-revalidate, max-age=5', { mustRevalidate: true, maxAge: 5 }],
    ['public, s-maxage=5', { public: true, sMaxage: 5 }],
    ['no-cache="a, B"', { noCache: ['a', 'b'] }],
    ['private="set-cookie"', { private: ['set-cookie'] }],
    ['stale-while-revalidate=5, stale-if-error=6', { staleWhileRevalidate: 5, staleIfError: 6 }],
    ['max-age=60;foo=bar;baz', { maxAge: 60 }],
    ['max-age=1, max-age=60', { maxAge: 60 }],
    ['none', {}],
    ['foo=(1 2), bar=:aa:', {}],
  ])('reads %s', (value, directives) => {
    expect(targetedDirectives(fields(`CDN-Cache-Control: ${value}`), NAMES)).toEqual({
      ...NO_DIRECTIVES,
      ...directives,
    })
  })

  it.each<[string, Partial<Directives>]>([
    ['max-age=10.5', { maxAge: 0 }],
    ['max-age="60"', { maxAge: 0 }],
    ['max-age=-5', { maxAge: 0 }],
    ['max-age=a60', { maxAge: 0 }],
    ['max-age', { maxAge: 0 }],
    ['max-age=?0', { maxAge: 0 }],
    ['max-age=(60)', { maxAge: 0 }],
    ['no-store=?0', { noStore: true }],
    ['no-store=5', { noStore: true }],
    ['no-cache=foo', { noCache: true }],
    ['private=(a b)', { private: true }],
    ['private=""', { private: true }],
    ['public=?0', {}],
    ['public="x"', {}],
    ['stale-while-revalidate=1.5', { staleWhileRevalidate: 0 }],
  ])('does not consume values of another type: %s', (value, directives) => {
    expect(targetedDirectives(fields(`CDN-Cache-Control: ${value}`), NAMES)).toEqual({
      ...NO_DIRECTIVES,
      ...directives,
    })
  })

  it.each<[string, Lines, number | undefined]>([
    [
      'the first of the names',
      ['CDN-Cache-Control: max-age=1', 'Strata-Cache-Control: max-age=2'],
      2,
    ],
    ['the next if it is empty', ['Strata-Cache-Control:', 'CDN-Cache-Control: max-age=1'], 1],
    [
      'the next if it is invalid',
      ['Strata-Cache-Control: max-age=2,', 'CDN-Cache-Control: max-age=1'],
      1,
    ],
    [
      'the next if its keys are in upper case',
      ['Strata-Cache-Control: Max-Age=2', 'CDN-Cache-Control: max-age=1'],
      1,
    ],
    ['all lines together', ['CDN-Cache-Control: max-age=1', 'CDN-Cache-Control: max-age=3'], 3],
    [
      'none that is not listed',
      ['Other-Cache-Control: max-age=1', 'Cache-Control: max-age=2'],
      undefined,
    ],
    ['none that is there', [], undefined],
  ])('takes %s', (_, lines, maxAge) => {
    expect(targetedDirectives(fields(lines), NAMES)?.maxAge).toBe(maxAge)
  })
})
