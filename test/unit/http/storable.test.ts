import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatHttpDate } from '../../../src/http/http-date.js'
import type { HttpRequest } from '../../../src/http/message.js'
import {
  type CacheRules,
  judge,
  type Lifetime,
  type Storable,
  type Unstorable,
} from '../../../src/http/storable.js'
import { exchange, fields, type Lines, NOW, RULES } from './messages.js'

const FRESH = 'Cache-Control: max-age=60'
const DATE = `Date: ${formatHttpDate(NOW)}`
const OLD = `Last-Modified: ${formatHttpDate(NOW - 1_000_000)}`

interface Circumstances extends Partial<HttpRequest> {
  readonly request?: Lines
  readonly status?: number
  readonly rules?: Partial<CacheRules>
}

function verdict(lines: Lines, { request = [], rules, ...rest }: Circumstances = {}) {
  return judge(exchange(lines, request, rest), { ...RULES, ...rules })
}

/** The reason why not, or `stored`. */
function outcome(lines: Lines, circumstances?: Circumstances): Unstorable['reason'] | 'stored' {
  const result = verdict(lines, circumstances)
  return result.storable ? 'stored' : result.reason
}

function stored(lines: Lines, circumstances?: Circumstances): Storable {
  const result = verdict(lines, circumstances)
  if (!result.storable) throw new Error(result.reason)
  return result
}

function lifetime(lines: Lines, circumstances?: Circumstances): Lifetime {
  return stored(lines, circumstances).lifetime
}

describe('the method', () => {
  it.each(['HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'QUERY', 'get', 'Get', ''])(
    '%j is not stored',
    (method) => {
      expect(outcome(FRESH, { method })).toBe('method')
    },
  )
})

describe('the status', () => {
  it.each([200, 201, 203, 204, 300, 301, 302, 303, 307, 308, 400, 404, 410, 429, 500, 503, 599])(
    '%d is stored with explicit freshness',
    (status) => {
      expect(outcome(FRESH, { status })).toBe('stored')
    },
  )

  it.each([100, 101, 103, 199, 304, 412, 416, 600, 0, -1, Number.NaN])(
    '%d is never stored',
    (status) => {
      expect(outcome([FRESH, 'Cache-Control: public'], { status })).toBe('status')
    },
  )

  it('206 is never stored, nor anything with Content-Range', () => {
    expect(outcome(FRESH, { status: 206 })).toBe('partial')
    expect(outcome([FRESH, 'Content-Range: bytes 0-1/2'])).toBe('partial')
  })

  it.each([200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501])(
    '%d is stored without freshness if it has a validator',
    (status) => {
      expect(lifetime('ETag: "a"', { status }).freshFor).toBe(0)
      expect(lifetime(OLD, { status }).freshFor).toBe(100_000)
      expect(outcome([], { status })).toBe('no-freshness')
    },
  )

  it.each([201, 202, 302, 303, 307, 400, 401, 403, 429, 500, 502, 503, 504])(
    '%d is stored without freshness only if it is public and has a validator',
    (status) => {
      expect(outcome(['ETag: "a"', OLD], { status })).toBe('no-freshness')
      expect(outcome(['ETag: "a"', 'Cache-Control: public'], { status })).toBe('stored')
      expect(outcome('Cache-Control: public', { status })).toBe('no-freshness')
    },
  )
})

describe('directives that forbid it', () => {
  it.each<[string, Lines, Unstorable['reason']]>([
    ['no-store', 'Cache-Control: no-store', 'no-store'],
    ['no-store with freshness', 'Cache-Control: max-age=60, no-store', 'no-store'],
    ['no-store in upper case', [FRESH, 'Cache-Control: NO-STORE'], 'no-store'],
    ['no-store with public', 'Cache-Control: public, max-age=60, no-store', 'no-store'],
    ['no-store behind a semicolon', 'Cache-Control: max-age=60; no-store', 'no-store'],
    ['private', 'Cache-Control: private, max-age=60', 'private'],
    ['private with s-maxage', 'Cache-Control: private, s-maxage=60', 'private'],
    ['private with an empty list', 'Cache-Control: private="", max-age=60', 'private'],
    ['private as a token', 'Cache-Control: private=x-user, max-age=60', 'private'],
    ['private for Content-Type', 'Cache-Control: private="content-type", max-age=60', 'private'],
    ['private for Vary', 'Cache-Control: private="x, Vary", max-age=60', 'private'],
    ['Vary: *', [FRESH, 'Vary: *'], 'vary-star'],
    ['Vary: * among others', [FRESH, 'Vary: Accept, *'], 'vary-star'],
    ['Vary: * on the second line', [FRESH, 'Vary: Accept', 'Vary: *'], 'vary-star'],
    ['Vary that is no name', [FRESH, 'Vary: a b'], 'vary-star'],
  ])('%s', (_, lines, reason) => {
    expect(outcome(lines)).toBe(reason)
  })

  it('no-store in the request', () => {
    expect(outcome(FRESH, { request: 'Cache-Control: no-store' })).toBe('no-store')
    expect(outcome(FRESH, { request: 'Cache-Control: no-cache, max-age=0' })).toBe('stored')
    expect(outcome(FRESH, { request: 'Pragma: no-cache' })).toBe('stored')
  })

  it('Pragma in the response does not', () => {
    expect(outcome([FRESH, 'Pragma: no-cache'])).toBe('stored')
  })
})

describe('must-understand', () => {
  it('lifts no-store where the status is understood', () => {
    expect(outcome('Cache-Control: max-age=60, must-understand, no-store')).toBe('stored')
    expect(outcome('Cache-Control: max-age=60, must-understand')).toBe('stored')
  })

  it.each([299, 399, 418, 499, 599, 206, 304])('forbids status %d', (status) => {
    const reason = status === 206 ? 'partial' : 'status'
    expect(outcome('Cache-Control: max-age=60, must-understand, no-store', { status })).toBe(reason)
    expect(outcome('Cache-Control: max-age=60, must-understand', { status })).toBe(reason)
  })

  it('lifts neither private nor the no-store of a request', () => {
    const lines = 'Cache-Control: max-age=60, must-understand, no-store'
    expect(outcome([lines, 'Cache-Control: private'])).toBe('private')
    expect(outcome(lines, { request: 'Cache-Control: no-store' })).toBe('no-store')
  })

  it('lifts nothing with an argument', () => {
    expect(outcome('Cache-Control: max-age=60, must-understand=1, no-store')).toBe('no-store')
  })
})

describe('a request with Authorization', () => {
  const request = 'Authorization: Basic eA=='

  it.each(['public, max-age=60', 'max-age=60, must-revalidate', 's-maxage=60'])(
    'is stored with %s',
    (value) => {
      expect(outcome(`Cache-Control: ${value}`, { request })).toBe('stored')
    },
  )

  it.each([
    'max-age=60',
    'max-age=60, proxy-revalidate',
    'max-age=60, no-cache',
    'public=1, max-age=60',
  ])('is not stored with %s', (value) => {
    expect(outcome(['ETag: "a"', `Cache-Control: ${value}`], { request })).toBe('authorization')
  })

  it('is not stored without freshness, but for public', () => {
    expect(outcome(['ETag: "a"', 'Cache-Control: must-revalidate'], { request })).toBe(
      'no-freshness',
    )
    expect(lifetime([OLD, 'Cache-Control: public'], { request }).freshFor).toBe(0)
  })
})

describe('a request with Cookie', () => {
  const request = 'Cookie: a=b'

  it('is stored with explicit freshness, or if it is public', () => {
    expect(outcome(FRESH, { request })).toBe('stored')
    expect(lifetime([OLD, 'Cache-Control: public'], { request }).freshFor).toBe(0)
  })

  it('is not stored otherwise, not even to be validated', () => {
    expect(outcome([OLD, 'ETag: "a"'], { request })).toBe('no-freshness')
    expect(outcome([OLD, 'Cache-Control: no-cache'], { request })).toBe('no-freshness')
  })
})

describe('Set-Cookie', () => {
  const lines = [FRESH, 'Set-Cookie: a=b', 'Set-Cookie: c=d', 'X: 1']

  it('is refused', () => {
    expect(outcome(lines)).toBe('set-cookie')
    expect(outcome([...lines, 'Cache-Control: public'])).toBe('set-cookie')
  })

  it('is stripped if the rules say so', () => {
    expect(stored(lines, { rules: { setCookie: 'strip' } }).fields).toEqual(
      fields([FRESH, 'X: 1', DATE]),
    )
  })

  it.each(['no-cache="Set-Cookie"', 'private="set-cookie"', 'private="x, Set-Cookie"'])(
    'is stripped if the origin says so: %s',
    (value) => {
      const result = stored([...lines, `Cache-Control: ${value}`])
      expect(result.fields).not.toContain('set-cookie')
      expect(result.lifetime.noCache).toBe(false)
    },
  )

  it('is refused though Connection names it', () => {
    expect(outcome([...lines, 'Connection: Set-Cookie'])).toBe('set-cookie')
  })
})

describe('freshness', () => {
  it.each<[string, Lines, Unstorable['reason'] | 'stored']>([
    ['nothing at all', [], 'no-freshness'],
    ['a validator', 'ETag: "a"', 'stored'],
    ['a date of change', OLD, 'stored'],
    ['an ETag that is none', 'ETag: a', 'no-freshness'],
    ['two ETags', ['ETag: "a"', 'ETag: "b"'], 'no-freshness'],
    ['a Last-Modified that is none', 'Last-Modified: 0', 'no-freshness'],
    ['none left, no validator', [FRESH, 'Age: 60'], 'no-freshness'],
    ['none left, a validator', [FRESH, 'Age: 60', 'ETag: "a"'], 'stored'],
    ['max-age=0, no validator', 'Cache-Control: max-age=0', 'no-freshness'],
    ['max-age=0, a validator', ['Cache-Control: max-age=0', 'ETag: "a"'], 'stored'],
    ['max-age=0, a grace', 'Cache-Control: max-age=0, stale-while-revalidate=5', 'stored'],
    ['max-age=0, a grace on errors', 'Cache-Control: max-age=0, stale-if-error=5', 'stored'],
    ['no-cache, no validator', 'Cache-Control: max-age=60, no-cache', 'no-freshness'],
    ['no-cache, a validator', ['Cache-Control: no-cache', 'ETag: "a"'], 'stored'],
    ['Expires in the past, no validator', 'Expires: 0', 'no-freshness'],
    ['Expires in the past, a validator', ['Expires: 0', 'ETag: "a"'], 'stored'],
    ['public alone', 'Cache-Control: public', 'no-freshness'],
  ])('%s', (_, lines, expected) => {
    expect(outcome(lines)).toBe(expected)
  })

  it('is not guessed if the rules say so', () => {
    expect(lifetime(OLD, { rules: { heuristics: false } }).freshFor).toBe(0)
  })

  it('is not guessed where it is stated', () => {
    expect(lifetime([OLD, 'Cache-Control: max-age=0']).freshFor).toBe(0)
    expect(lifetime([OLD, 'Expires: 0']).freshFor).toBe(0)
  })
})

describe('the lifetime', () => {
  const none: Lifetime = {
    initialAge: 0,
    freshFor: 60_000,
    staleWhileRevalidate: 0,
    staleIfError: 0,
    mustRevalidate: false,
    noCache: false,
  }

  it.each<[string, Partial<Lifetime>]>([
    ['max-age=60', {}],
    ['max-age=5, s-maxage=60', { mustRevalidate: true }],
    ['max-age=60, must-revalidate', { mustRevalidate: true }],
    ['max-age=60, proxy-revalidate', { mustRevalidate: true }],
    ['max-age=60, no-cache', { noCache: true }],
    ['max-age=60, no-cache="x"', {}],
    ['max-age=60, no-cache="x, Content-Type"', { noCache: true }],
    ['max-age=60, no-cache=x', { noCache: true }],
    [
      'max-age=60, stale-while-revalidate=5, stale-if-error=7',
      { staleWhileRevalidate: 5_000, staleIfError: 7_000 },
    ],
    ['max-age=60, stale-while-revalidate=5, must-revalidate', { mustRevalidate: true }],
    [
      's-maxage=60, stale-while-revalidate=5, stale-if-error=7',
      { mustRevalidate: true, staleWhileRevalidate: 5_000, staleIfError: 7_000 },
    ],
    ['s-maxage=60, stale-if-error=7, proxy-revalidate', { mustRevalidate: true }],
    ['max-age=60, stale-if-error=7, no-cache', { noCache: true }],
    ['max-age=60, immutable', {}],
    ['max-age=60, only-if-cached, max-stale=5, min-fresh=900', {}],
  ])('of %s', (value, expected) => {
    expect(lifetime([`Cache-Control: ${value}`, 'ETag: "a"'])).toEqual({ ...none, ...expected })
  })

  it('begins with the age it came with', () => {
    expect(lifetime([FRESH, 'Age: 5'])).toEqual({ ...none, initialAge: 5_000 })
  })
})

describe('a targeted field', () => {
  const targeted = 'CDN-Cache-Control: max-age=60'

  it.each<[string, Lines, number]>([
    ['no-store for others', [targeted, 'Cache-Control: no-store'], 60_000],
    ['private for others', [targeted, 'Cache-Control: private'], 60_000],
    ['another max-age', [targeted, 'Cache-Control: max-age=5'], 60_000],
    ['Expires', [targeted, 'Expires: 0'], 60_000],
    ['a more specific one', [targeted, 'Strata-Cache-Control: max-age=7'], 7_000],
    ['none that is valid', ['CDN-Cache-Control: max-age=60,', 'Cache-Control: max-age=5'], 5_000],
    ['one not listed', ['Foo-Cache-Control: max-age=60', 'Cache-Control: max-age=5'], 5_000],
  ])('decides, beside %s', (_, lines, freshFor) => {
    expect(lifetime(lines).freshFor).toBe(freshFor)
  })

  it('forbids what Cache-Control allows', () => {
    expect(outcome(['CDN-Cache-Control: no-store', FRESH])).toBe('no-store')
    expect(outcome(['CDN-Cache-Control: private', FRESH])).toBe('private')
  })

  it('that states no freshness leaves Expires out', () => {
    expect(outcome(['CDN-Cache-Control: none', `Expires: ${formatHttpDate(NOW + 60_000)}`])).toBe(
      'no-freshness',
    )
  })

  it('does not lift the no-store of a request', () => {
    expect(outcome(targeted, { request: 'Cache-Control: no-store' })).toBe('no-store')
  })
})

describe('the stored fields', () => {
  it.each<[string, Lines, Lines]>([
    ['unknown ones', [FRESH, DATE, 'X-New: 1', 'X-New: 2'], [FRESH, DATE, 'X-New: 1', 'X-New: 2']],
    ['a Date where there was none', FRESH, [FRESH, DATE]],
    ['a Date for what was none', [FRESH, 'Date: soon'], [FRESH, DATE]],
    ['one Date for two', [DATE, FRESH, DATE], [FRESH, DATE]],
    ['none for this hop', [FRESH, DATE, 'Connection: X', 'X: 1', 'Upgrade: y'], [FRESH, DATE]],
    ['none of a proxy', [FRESH, DATE, 'Proxy-Authenticate: Basic'], [FRESH, DATE]],
  ])('are %s', (_, lines, expected) => {
    expect(stored(lines).fields).toEqual(fields(expected))
  })

  it.each(['private="X-User, y"', 'no-cache="x-user, Y"'])('are without those of %s', (value) => {
    const cacheControl = `Cache-Control: max-age=60, ${value}`
    expect(stored([cacheControl, DATE, 'X-User: 1', 'Y: 1', 'Z: 1']).fields).toEqual(
      fields([cacheControl, DATE, 'Z: 1']),
    )
  })

  it.each(['a\r\nb', 'a\nb', '\r', 'a\0b'])('are none at all with %j in a value', (value) => {
    const { request, response, ...times } = exchange(FRESH)
    const smuggled = { ...response, fields: [...response.fields, 'x', value] }
    expect(judge({ request, response: smuggled, ...times }, RULES)).toEqual({
      storable: false,
      reason: 'malformed',
    })
  })

  it.each(['', 'a b', 'a:', ':status', 'a\n'])('are none at all with a name like %j', (name) => {
    const { request, response, ...times } = exchange(FRESH)
    const smuggled = { ...response, fields: [...response.fields, name, 'x'] }
    expect(judge({ request, response: smuggled, ...times }, RULES).storable).toBe(false)
  })
})

describe('vary', () => {
  it('lists the fields that select the response', () => {
    expect(stored([FRESH, 'Vary: B, a', 'Vary: A,,c']).vary).toEqual(['a', 'b', 'c'])
    expect(stored(FRESH).vary).toEqual([])
  })
})

describe('judge', () => {
  const line = fc.constantFrom(
    FRESH,
    OLD,
    DATE,
    'ETag: "a"',
    'ETag: W/"',
    'Age: 5',
    'Age: ,',
    'Expires: 0',
    'Vary: a, b',
    'Cache-Control: public, no-cache="',
    'Cache-Control: s-maxage=9, stale-if-error=x',
    'Cache-Control: private="a\\',
    'CDN-Cache-Control: (',
    'CDN-Cache-Control: max-age=5',
    'Connection: vary, etag, a',
    'Date: x',
  )

  it('never throws, and what it stores it would store again', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom(200, 404, 302, 500), (lines, status) => {
        const first = exchange(lines, [], { status })
        const result = judge(first, RULES)
        if (!result.storable) return
        const again = { ...first, response: { status, fields: result.fields } }
        expect(judge(again, RULES)).toEqual(result)
      }),
      { numRuns: 1_000 },
    )
  })

  it('stores nothing that says no-store or private, whatever else it says', () => {
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('no-store', 'private'), (lines, directive) => {
        const without = lines.filter((text) => !text.startsWith('CDN-'))
        expect(outcome([...without, `Cache-Control: ${directive}`])).toBe(directive)
      }),
    )
  })
})
