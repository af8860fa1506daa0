import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { NO_DIRECTIVES, parseDirectives } from '../../../src/http/directives.js'
import { type Use, useOf } from '../../../src/http/reusable.js'
import type { Lifetime } from '../../../src/http/storable.js'
import { NOW } from './messages.js'

/** Fresh for a minute, and nothing after it. */
const PLAIN: Lifetime = {
  initialAge: 0,
  freshFor: 60_000,
  staleWhileRevalidate: 0,
  staleIfError: 0,
  mustRevalidate: false,
  noCache: false,
}

function use(request: string, seconds: number, lifetime: Partial<Lifetime> = {}): Use {
  const directives = request === '' ? NO_DIRECTIVES : parseDirectives([request])
  const stored = { lifetime: { ...PLAIN, ...lifetime }, storedAt: NOW }
  return useOf(directives, stored, NOW + seconds * 1_000)
}

describe('freshness', () => {
  it.each<[number, Partial<Lifetime>, Use['use']]>([
    [0, {}, 'fresh'],
    [59.999, {}, 'fresh'],
    [60, {}, 'validate'],
    [61, {}, 'validate'],
    [0, { freshFor: 0 }, 'validate'],
    [54, { initialAge: 5_000 }, 'fresh'],
    [55, { initialAge: 5_000 }, 'validate'],
    [0, { initialAge: 60_000 }, 'validate'],
    [-100, {}, 'fresh'],
    [-100, { initialAge: 60_000 }, 'validate'],
    [0, { noCache: true }, 'validate'],
    [59, { mustRevalidate: true }, 'fresh'],
    [60, { mustRevalidate: true }, 'validate'],
  ])('after %d s of %j: %s', (seconds, lifetime, expected) => {
    expect(use('', seconds, lifetime).use).toBe(expected)
  })

  it('tells the age', () => {
    expect(use('', 10, { initialAge: 5_000 })).toEqual({ use: 'fresh', age: 15_000 })
    expect(use('', 90)).toMatchObject({ use: 'validate', age: 90_000 })
  })
})

describe('directives of the request', () => {
  it.each<[string, number, Use['use']]>([
    ['no-cache', 0, 'validate'],
    ['no-cache="x"', 0, 'validate'],
    ['max-age=30', 29, 'fresh'],
    ['max-age=30', 30, 'fresh'],
    ['max-age=30', 30.001, 'validate'],
    ['max-age=0', 0, 'validate'],
    ['max-age=0', 10, 'validate'],
    ['max-age=x', 10, 'validate'],
    ['max-age=90', 59, 'fresh'],
    ['max-age=90', 61, 'validate'],
    ['min-fresh=20', 40, 'fresh'],
    ['min-fresh=20', 40.001, 'validate'],
    ['min-fresh=20', 70, 'validate'],
    ['min-fresh=0', 59, 'fresh'],
    ['min-fresh=x', 0, 'validate'],
    ['min-fresh=70', 0, 'validate'],
    ['max-stale=20', 80, 'fresh'],
    ['max-stale=20', 80.001, 'validate'],
    ['max-stale', 1e6, 'fresh'],
    ['max-stale=x', 61, 'validate'],
    ['max-stale=99999999999', 1e6, 'fresh'],
    ['max-stale=20, max-age=70', 70, 'fresh'],
    ['max-stale=20, max-age=70', 71, 'validate'],
    ['max-stale=20, max-age=30', 50, 'validate'],
    ['max-stale=20, min-fresh=5', 50, 'fresh'],
    ['max-stale=20, min-fresh=5', 56, 'validate'],
    ['max-stale, no-cache', 0, 'validate'],
    ['no-store', 10, 'fresh'],
    ['only-if-cached', 10, 'fresh'],
    ['only-if-cached', 70, 'validate'],
    ['no-transform, public, immutable', 10, 'fresh'],
    ['s-maxage=0, must-revalidate', 10, 'fresh'],
  ])('%s, after %d s: %s', (request, seconds, expected) => {
    expect(use(request, seconds).use).toBe(expected)
  })

  it.each(['max-stale', 'max-stale=1000'])('%s gives way to what the origin forbids', (request) => {
    expect(use(request, 61, { mustRevalidate: true }).use).toBe('validate')
    expect(use(request, 10, { noCache: true }).use).toBe('validate')
    expect(use(request, 10, { mustRevalidate: true }).use).toBe('fresh')
  })
})

describe('stale-while-revalidate', () => {
  const lifetime = { staleWhileRevalidate: 20_000 }

  it.each<[string, number, Use['use']]>([
    ['', 59, 'fresh'],
    ['', 60, 'stale-while-revalidate'],
    ['', 79.999, 'stale-while-revalidate'],
    ['', 80, 'validate'],
    ['no-cache', 61, 'validate'],
    ['max-age=0', 61, 'validate'],
    ['max-age=1000', 61, 'validate'],
    ['min-fresh=0', 61, 'validate'],
    ['max-stale=5', 61, 'fresh'],
    ['max-stale=5', 70, 'validate'],
    ['max-stale', 79, 'fresh'],
    ['only-if-cached', 61, 'stale-while-revalidate'],
  ])('for %j after %d s: %s', (request, seconds, expected) => {
    expect(use(request, seconds, lifetime).use).toBe(expected)
  })

  it('gives way to no-cache, and to must-revalidate, which leaves no window', () => {
    expect(use('', 61, { mustRevalidate: true }).use).toBe('validate')
    expect(use('', 61, { ...lifetime, noCache: true }).use).toBe('validate')
  })
})

describe('when the origin fails', () => {
  it.each<[string, number, Partial<Lifetime>, boolean]>([
    ['', 61, {}, false],
    ['', 79, { staleIfError: 20_000 }, true],
    ['', 80, { staleIfError: 20_000 }, false],
    // s-maxage beside stale-if-error
    ['', 79, { staleIfError: 20_000, mustRevalidate: true }, true],
    ['stale-if-error=90', 80, { staleIfError: 20_000, mustRevalidate: true }, false],
    ['', 61, { staleIfError: 20_000, noCache: true }, false],
    ['stale-if-error=20', 79, {}, true],
    ['stale-if-error=20', 80, {}, false],
    ['stale-if-error=5', 79, { staleIfError: 20_000 }, true],
    ['stale-if-error=90', 79, { staleIfError: 5_000 }, true],
    ['stale-if-error=20', 61, { mustRevalidate: true }, false],
    ['stale-if-error=20', 0, { noCache: true }, false],
    ['stale-if-error=x', 61, {}, false],
    ['no-cache', 61, { staleIfError: 20_000 }, true],
    ['max-age=0', 61, { staleIfError: 20_000 }, true],
    ['no-cache', 10, {}, true],
    ['no-cache', 10, { mustRevalidate: true }, true],
    ['no-cache', 10, { noCache: true }, false],
  ])('for %j after %d s of %j may be served: %s', (request, seconds, lifetime, onError) => {
    expect(use(request, seconds, lifetime)).toMatchObject({ use: 'validate', onError })
  })

  it.each<[Partial<Lifetime>, boolean]>([
    [{}, true],
    [{ staleIfError: 5_000 }, true],
    [{ mustRevalidate: true }, false],
    [{ noCache: true }, false],
  ])('and cannot be reached, %j may be served however stale: %s', (lifetime, offline) => {
    expect(use('', 1e6, lifetime)).toMatchObject({ use: 'validate', offline })
  })
})

describe('useOf', () => {
  const seconds = fc.integer({ min: 0, max: 200 })
  const lifetime = fc.record<Lifetime>({
    initialAge: seconds.map((s) => s * 1_000),
    freshFor: seconds.map((s) => s * 1_000),
    staleWhileRevalidate: seconds.map((s) => s * 1_000),
    staleIfError: seconds.map((s) => s * 1_000),
    mustRevalidate: fc.boolean(),
    noCache: fc.boolean(),
  })
  const request = fc.constantFrom(
    '',
    'max-stale',
    'max-stale=50',
    'max-age=50',
    'min-fresh=20',
    'no-cache',
    'stale-if-error=100',
  )

  it('never serves what the origin forbids, whatever the request says', () => {
    fc.assert(
      fc.property(request, seconds, lifetime, (line, after, times) => {
        const result = use(line, after, times)
        if (times.noCache) expect(result).toMatchObject({ use: 'validate', onError: false })
        const stale = result.age >= times.freshFor
        if (times.mustRevalidate && stale) expect(result).not.toMatchObject({ use: 'fresh' })
        const windows = Math.max(times.staleWhileRevalidate, times.staleIfError)
        if (times.mustRevalidate && result.age >= times.freshFor + windows)
          expect(result).toMatchObject({ use: 'validate', onError: false, offline: false })
      }),
    )
  })

  it('never becomes more usable with time', () => {
    const rank = { fresh: 0, 'stale-while-revalidate': 1, validate: 2 }
    fc.assert(
      fc.property(request, seconds, seconds, lifetime, (line, after, later, times) => {
        const now = rank[use(line, after, times).use]
        expect(rank[use(line, after + later, times).use]).toBeGreaterThanOrEqual(now)
      }),
    )
  })
})
