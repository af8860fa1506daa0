import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate, parseHttpDate } from '../../../src/http/http-date.js'
import { NOW } from './messages.js'

describe('parseHttpDate', () => {
  it.each([
    'Sun, 06 Nov 1994 08:49:37 GMT',
    'Sunday, 06-Nov-94 08:49:37 GMT',
    'Sun Nov  6 08:49:37 1994',
    'Sun Nov 06 08:49:37 1994',
    ' Sun, 06 Nov 1994 08:49:37 GMT\t',
    'sun, 06 nov 1994 08:49:37 gmt',
    'SUNDAY, 06-NOV-94 08:49:37 GMT',
    'SUN NOV  6 08:49:37 1994',
    'Mon, 06 Nov 1994 08:49:37 GMT',
  ])('reads %j', (text) => {
    expect(parseHttpDate(text)).toBe(NOW)
  })

  it.each([
    ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
    ['Wed, 31 Dec 1969 23:59:59 GMT', -1_000],
    ['Thu, 29 Feb 2024 12:00:00 GMT', Date.UTC(2024, 1, 29, 12)],
    ['Fri, 31 Dec 9999 23:59:59 GMT', Date.UTC(9999, 11, 31, 23, 59, 59)],
    ['Sat, 31 Dec 2016 23:59:60 GMT', Date.UTC(2016, 11, 31, 23, 59, 59)],
    ['Mon, 01 Jan 0001 00:00:00 GMT', -62_135_596_800_000],
  ])('reads the edge %s', (text, ms) => {
    expect(parseHttpDate(text)).toBe(ms)
  })

  it.each([
    '',
    '0',
    '-1',
    '784111777',
    'now',
    'Sun, 06 Nov 1994 08:49:37',
    'Sun, 06 Nov 1994 08:49:37 UTC',
    'Sun, 06 Nov 1994 08:49:37 EST',
    'Sun, 06 Nov 1994 08:49:37 +0000',
    'Sun, 06 Nov 1994 08:49:37 GMT+1',
    'Sun, 06 Nov 1994 08:49:37.5 GMT',
    'Sun, 6 Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 94 08:49:37 GMT',
    'Sun, 06 November 1994 08:49:37 GMT',
    'Sun 06 Nov 1994 08:49:37 GMT',
    'Sun,06 Nov 1994 08:49:37 GMT',
    'Sun, 06  Nov 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 8:49:37 GMT',
    'Sun, 06 Nov 1994 08:49 GMT',
    'Xxx, 06 Nov 1994 08:49:37 GMT',
    '06 Nov 1994 08:49:37 GMT',
    'Sun, 06 Xxx 1994 08:49:37 GMT',
    'Sun, 00 Nov 1994 08:49:37 GMT',
    'Sun, 31 Nov 1994 08:49:37 GMT',
    'Sun, 29 Feb 2023 08:49:37 GMT',
    'Sun, 32 Jan 1994 08:49:37 GMT',
    'Sun, 06 Nov 1994 24:00:00 GMT',
    'Sun, 06 Nov 1994 08:60:37 GMT',
    'Sun, 06 Nov 1994 08:49:61 GMT',
    'Sun, 06-Nov-94 08:49:37 GMT',
    'Sunday, 06-Nov-1994 08:49:37 GMT',
    'Sunday, 06 Nov 1994 08:49:37 GMT',
    'Sun Nov 6 08:49:37 1994',
    'Sun Nov  6 08:49:37 94',
    'Sun Nov  6 08:49:37 1994 GMT',
    '1994-11-06T08:49:37Z',
    'Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT',
    '"Sun, 06 Nov 1994 08:49:37 GMT"',
    'Sun, ٠٦ Nov 1994 08:49:37 GMT',
    '\nSun, 06 Nov 1994 08:49:37 GMT',
  ])('%j is none', (text) => {
    expect(parseHttpDate(text)).toBeUndefined()
  })

  it.each([
    ['94', 1994, 1994],
    ['00', 1994, 2000],
    ['44', 1994, 2044],
    ['45', 1994, 1945],
    ['75', 2025, 2075],
    ['76', 2025, 1976],
    ['99', 2025, 1999],
    ['24', 2025, 2024],
    ['05', 2060, 2105],
    ['11', 2060, 2011],
  ])('a year of two digits is never more than 50 years ahead: %s in %d', (digits, now, year) => {
    const ms = parseHttpDate(`Sunday, 06-Nov-${digits} 08:49:37 GMT`, Date.UTC(now, 6))
    expect(new Date(ms ?? Number.NaN).getUTCFullYear()).toBe(year)
  })

  it('never throws, and is quick with what is long', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('Sun, ', '06', ' Nov ', '94', ':', ' GMT', '-') }),
        (text) => {
          parseHttpDate(text)
        },
      ),
    )
    const before = performance.now()
    for (const unit of ['Sun, ', ' ', '0', 'Sun Nov '])
      expect(parseHttpDate(unit.repeat(300_000))).toBeUndefined()
    expect(performance.now() - before).toBeLessThan(5_000)
  })
})

describe('formatHttpDate', () => {
  it('writes an IMF-fixdate of whole seconds', () => {
    expect(formatHttpDate(NOW)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
    expect(formatHttpDate(NOW + 999)).toBe('Sun, 06 Nov 1994 08:49:37 GMT')
  })

  it.each([Number.NaN, Infinity, -Infinity, 8.64e15, -8.64e15, 1e300])(
    'writes a date for whatever number: %d',
    (ms) => {
      expect(parseHttpDate(formatHttpDate(ms))).toBeTypeOf('number')
    },
  )

  it('is read back as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: -62_000_000_000, max: 253_402_300_799 }), (seconds) => {
        expect(parseHttpDate(formatHttpDate(seconds * 1_000))).toBe(seconds * 1_000)
      }),
    )
  })
})
