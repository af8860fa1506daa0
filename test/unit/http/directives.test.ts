import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MOST_SECONDS } from '../../../src/http/directive-argument.js'
import {
  type Directives,
  NO_DIRECTIVES,
  parseDirectives,
  requestDirectives,
} from '../../../src/http/directives.js'
import { fields, type Lines } from './messages.js'

/** The line, and all it says. */
type Row = [line: string, directives: Partial<Directives>]

function expectSays(lines: readonly string[], directives: Partial<Directives>): void {
  expect(parseDirectives(lines)).toEqual({ ...NO_DIRECTIVES, ...directives })
}

describe('parseDirectives', () => {
  it.each<Row>([
    ['', {}],
    ['no-store', { noStore: true }],
    ['no-cache', { noCache: true }],
    ['private', { private: true }],
    ['public', { public: true }],
    ['must-revalidate', { mustRevalidate: true }],
    ['proxy-revalidate', { proxyRevalidate: true }],
    ['must-understand', { mustUnderstand: true }],
    ['no-transform', { noTransform: true }],
    ['immutable', { immutable: true }],
    ['only-if-cached', { onlyIfCached: true }],
    ['max-age=60', { maxAge: 60 }],
    ['max-age=0', { maxAge: 0 }],
    ['s-maxage=60', { sMaxage: 60 }],
    ['min-fresh=60', { minFresh: 60 }],
    ['max-stale=60', { maxStale: 60 }],
    ['max-stale', { maxStale: Infinity }],
    ['stale-while-revalidate=60', { staleWhileRevalidate: 60 }],
    ['stale-if-error=60', { staleIfError: 60 }],
    ['public, max-age=60,  immutable', { public: true, maxAge: 60, immutable: true }],
    [',, no-store ,,', { noStore: true }],
  ])('reads %j', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<Row>([
    ['No-Store', { noStore: true }],
    ['MAX-AGE=5', { maxAge: 5 }],
    ['S-MaxAge=5', { sMaxage: 5 }],
    ['no-CACHE="Foo"', { noCache: ['foo'] }],
  ])('takes names in any case: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<Row>([
    ['max-age="60"', { maxAge: 60 }],
    [String.raw`max-age="\6\0"`, { maxAge: 60 }],
    ['s-maxage="0"', { sMaxage: 0 }],
    ['no-cache="a"', { noCache: ['a'] }],
    ['no-cache="a, B ,c"', { noCache: ['a', 'b', 'c'] }],
    ['private="Set-Cookie"', { private: ['set-cookie'] }],
    ['private="a,b", max-age=5', { private: ['a', 'b'], maxAge: 5 }],
    ['private="a", no-cache="b"', { private: ['a'], noCache: ['b'] }],
  ])('takes quoted arguments: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<[string, readonly string[], Partial<Directives>]>([
    ['no-store on the second line', ['max-age=5', 'no-store'], { maxAge: 5, noStore: true }],
    ['the smaller max-age', ['max-age=60, max-age=5'], { maxAge: 5 }],
    ['the smaller max-age, first', ['max-age=5', 'max-age=60'], { maxAge: 5 }],
    ['an invalid max-age', ['max-age=60, max-age=x'], { maxAge: 0 }],
    ['an invalid max-age, first', ['max-age=x, max-age=60'], { maxAge: 0 }],
    ['the smaller s-maxage', ['s-maxage=60, s-maxage=5'], { sMaxage: 5 }],
    ['the larger min-fresh', ['min-fresh=5, min-fresh=60'], { minFresh: 60 }],
    ['a number over a bare max-stale', ['max-stale, max-stale=5'], { maxStale: 5 }],
    [
      'the smaller windows',
      ['stale-if-error=9, stale-if-error=5, stale-while-revalidate=5, stale-while-revalidate=9'],
      { staleIfError: 5, staleWhileRevalidate: 5 },
    ],
    ['a bare no-cache', ['no-cache="a", no-cache'], { noCache: true }],
    ['a bare no-cache, first', ['no-cache, no-cache="a"'], { noCache: true }],
    ['a bare private', ['private="a"', 'private'], { private: true }],
    ['the fields of both', ['private="a,b"', 'private="b,c"'], { private: ['a', 'b', 'c'] }],
  ])('of several, the stricter counts: %s', (_, lines, directives) => {
    expectSays(lines, directives)
  })

  it.each<Row>([
    ['max-age', { maxAge: 0 }],
    ['max-age=', { maxAge: 0 }],
    ['max-age=""', { maxAge: 0 }],
    ['max-age=-1', { maxAge: 0 }],
    ['max-age=1.5', { maxAge: 0 }],
    ['max-age=1e3', { maxAge: 0 }],
    ['max-age=0x10', { maxAge: 0 }],
    ['max-age=+5', { maxAge: 0 }],
    ['max-age=5s', { maxAge: 0 }],
    ['max-age=٣', { maxAge: 0 }],
    ['max-age =60', { maxAge: 0 }],
    ['max-age= 60', { maxAge: 0 }],
    ['max-age=60 public', { maxAge: 0 }],
    ['max-age=60=60', { maxAge: 0 }],
    ['max-age="60', { maxAge: 0 }],
    ["max-age='60'", { maxAge: 0 }],
    ['s-maxage=abc', { sMaxage: 0 }],
    ['s-maxage', { sMaxage: 0 }],
    ['stale-while-revalidate', { staleWhileRevalidate: 0 }],
    ['stale-while-revalidate=x', { staleWhileRevalidate: 0 }],
    ['stale-if-error=-5', { staleIfError: 0 }],
    ['max-stale=x', { maxStale: 0 }],
    ['max-stale=', { maxStale: 0 }],
    ['min-fresh=x', { minFresh: MOST_SECONDS }],
    ['min-fresh', { minFresh: MOST_SECONDS }],
  ])('permits nothing where seconds cannot be read: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<[string, number]>([
    ['2147483647', 2_147_483_647],
    ['2147483648', 2 ** 31],
    ['2147483649', 2 ** 31],
    ['99999999999999999999', 2 ** 31],
    ['9'.repeat(1_000), 2 ** 31],
    ['00000000060', 60],
  ])('caps seconds at 2^31: %s', (digits, maxAge) => {
    expectSays([`max-age=${digits}`], { maxAge })
  })

  it.each<Row>([
    ['no-store=1', { noStore: true }],
    ['no-store="x"', { noStore: true }],
    ['no-store=', { noStore: true }],
    ['must-revalidate=0', { mustRevalidate: true }],
    ['proxy-revalidate=x', { proxyRevalidate: true }],
    ['no-transform=x', { noTransform: true }],
    ['only-if-cached=x', { onlyIfCached: true }],
    ['no-cache=""', { noCache: true }],
    ['no-cache=" , "', { noCache: true }],
    ['no-cache=foo', { noCache: true }],
    ['no-cache="a b"', { noCache: true }],
    ['no-cache="a', { noCache: true }],
    ['private=', { private: true }],
    ['private=true', { private: true }],
    ['private=""', { private: true }],
    ['private="a" b', { private: true }],
    ['private="a, max-age=5', { private: true, maxAge: 5 }],
    ['must-understand=1', { noStore: true }],
    ['must-understand=1, no-store', { noStore: true }],
  ])('keeps a restriction whose argument is wrong: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<Row>([
    ['public=1', {}],
    ['public="a"', {}],
    ['public x', {}],
    ['immutable=1', {}],
    ['immutable;public', {}],
  ])('drops a permission whose argument is wrong: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<Row>([
    ['no-store; max-age=60', { noStore: true, maxAge: 0 }],
    ['private; max-age=0', { private: true, maxAge: 0 }],
    ['max-age=60; no-store', { maxAge: 0, noStore: true }],
    ['no-store max-age=60', { noStore: true, maxAge: 0 }],
    ['public max-age=60 no-cache', { maxAge: 0, noCache: true }],
    ['"no-store"', { noStore: true }],
    ["'no-store'", {}],
    ['(no-store)', { noStore: true }],
    ['no-store\u{a0}', { noStore: true }],
    ['=no-store', { noStore: true }],
    ['x", no-store, y="', { noStore: true }],
    ['x="a, no-store', { noStore: true }],
    ['x="a" no-store', { noStore: true }],
    ['x=a b, no-store', { noStore: true }],
    ['Cache-Control: no-store', { noStore: true }],
    ['must-understand; no-store', { noStore: true }],
  ])('finds restrictions in what is malformed: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it.each<Row>([
    ['x="no-store"', {}],
    ['x="a, no-store, b", public', { public: true }],
    [String.raw`x="a\", no-store", public`, { public: true }],
    ['x=no-store', {}],
    ['no-store-ever', {}],
    ['nostore', {}],
    ['community="UCI"', {}],
    ['toString, __proto__, constructor=1', {}],
  ])('ignores what it does not know: %s', (line, directives) => {
    expectSays([line], directives)
  })

  it('never throws, and never loses no-store whatever surrounds it', () => {
    const noise = fc.string({
      unit: fc.constantFrom('a', ' ', ',', ';', '=', '"', '\\', 'W/', '1', '\u{a0}', 'max-age'),
    })
    fc.assert(
      fc.property(noise, noise, (before, after) => {
        const quoted = /"/.test(before)
        const { noStore } = parseDirectives([`${before}, no-store,${after}`])
        expect(noStore || quoted).toBe(true)
        expect(parseDirectives([before, 'no-store', after]).noStore).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('says the same whatever the order of the members', () => {
    const member = fc.constantFrom(
      'no-cache',
      'no-cache="a"',
      'private="b"',
      'public',
      'public=1',
      'max-age=5',
      'max-age=x',
      'max-stale',
      'max-stale=5',
      'min-fresh=1',
      'min-fresh=2',
      'no-store; a',
      's-maxage="7"',
    )
    fc.assert(
      fc.property(fc.array(member), (members) => {
        expect(parseDirectives([members.join(',')])).toEqual(parseDirectives(members.toReversed()))
      }),
    )
  })
})

describe('requestDirectives', () => {
  it.each<[Lines, Partial<Directives>]>([
    [[], {}],
    ['Cache-Control: max-age=0', { maxAge: 0 }],
    [['Cache-Control: max-age=0', 'Cache-Control: no-store'], { maxAge: 0, noStore: true }],
    ['Pragma: no-cache', { noCache: true }],
    ['Pragma: NO-CACHE', { noCache: true }],
    ['Pragma: foo, no-cache', { noCache: true }],
    ['Pragma: no-cache=1', {}],
    ['Pragma: foo', {}],
    [['Pragma: no-cache', 'Cache-Control: max-age=5'], { maxAge: 5 }],
    [['Pragma: no-cache', 'Cache-Control:'], {}],
  ])('reads %j', (lines, directives) => {
    expect(requestDirectives(fields(lines))).toEqual({ ...NO_DIRECTIVES, ...directives })
  })
})
