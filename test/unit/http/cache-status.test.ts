import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  appendCacheStatus,
  type CacheStatus,
  formatCacheStatus,
} from '../../../src/http/cache-status.js'
import { parseDictionary } from '../../../src/http/structured-field.js'

describe('formatCacheStatus', () => {
  it.each<[CacheStatus, string]>([
    [{}, 'strata'],
    [{ hit: true }, 'strata; hit'],
    [{ hit: false }, 'strata'],
    [{ hit: true, ttl: 376 }, 'strata; hit; ttl=376'],
    [{ hit: true, ttl: -412 }, 'strata; hit; ttl=-412'],
    [{ hit: true, ttl: 1.9 }, 'strata; hit; ttl=1'],
    [{ hit: true, ttl: -0.1 }, 'strata; hit; ttl=-1'],
    [{ hit: true, ttl: 0 }, 'strata; hit; ttl=0'],
    [{ hit: true, ttl: Number.NaN }, 'strata; hit; ttl=0'],
    [{ hit: true, ttl: Infinity }, 'strata; hit; ttl=999999999999999'],
    [{ hit: true, ttl: -1e300 }, 'strata; hit; ttl=-999999999999999'],
    [{ fwd: 'uri-miss' }, 'strata; fwd=uri-miss'],
    [{ fwd: 'stale', fwdStatus: 304 }, 'strata; fwd=stale; fwd-status=304'],
    [{ fwd: 'uri-miss', stored: true }, 'strata; fwd=uri-miss; stored'],
    [{ fwd: 'uri-miss', stored: false }, 'strata; fwd=uri-miss; stored=?0'],
    [{ fwd: 'uri-miss', collapsed: true }, 'strata; fwd=uri-miss; collapsed'],
    [{ fwd: 'uri-miss', collapsed: false }, 'strata; fwd=uri-miss; collapsed=?0'],
    [{ hit: true, fwd: 'stale', fwdStatus: 500, stored: true, collapsed: true }, 'strata; hit'],
    [{ stored: true, collapsed: true, fwdStatus: 200 }, 'strata'],
    [{ hit: true, detail: 'memory' }, 'strata; hit; detail=memory'],
    [{ fwd: 'bypass', detail: 'no-store' }, 'strata; fwd=bypass; detail=no-store'],
    [{ hit: true, detail: 'two words' }, 'strata; hit; detail="two words"'],
    [{ hit: true, detail: '1st' }, 'strata; hit; detail="1st"'],
    [{ hit: true, detail: '' }, 'strata; hit; detail=""'],
    [{ hit: true, key: 'GET /a' }, 'strata; hit; key="GET /a"'],
    [{ hit: true, key: 'token' }, 'strata; hit; key="token"'],
    [{ hit: true, key: String.raw`a"b\c` }, String.raw`strata; hit; key="a\"b\\c"`],
    [{ hit: true, key: 'é\r\nX: 1\0' }, 'strata; hit; key="%C3%A9%0D%0AX: 1%00"'],
    [{ hit: true, key: '\uD800' }, 'strata; hit; key="%EF%BF%BD"'],
    [
      {
        fwd: 'stale',
        fwdStatus: 200,
        stored: true,
        collapsed: true,
        ttl: 5,
        key: 'k',
        detail: 'd',
      },
      'strata; fwd=stale; fwd-status=200; stored; collapsed; ttl=5; key="k"; detail=d',
    ],
  ])('writes %j as %s', (status, text) => {
    expect(formatCacheStatus(status)).toBe(text)
  })

  it('writes a structured field whatever the texts', () => {
    const text = fc.string({ unit: 'binary' })
    fc.assert(
      fc.property(text, text, fc.double(), (key, detail, ttl) => {
        const member = formatCacheStatus({ hit: true, key, detail, ttl })
        expect(parseDictionary([member])?.size).toBe(1)
        expect(member).toMatch(/^[ -~]*$/)
      }),
    )
  })
})

describe('appendCacheStatus', () => {
  it.each([
    [undefined, 'strata; hit'],
    ['', 'strata; hit'],
    [' ', 'strata; hit'],
    ['Origin; hit', 'Origin; hit, strata; hit'],
    ['A; hit, "B C"; fwd=miss', 'A; hit, "B C"; fwd=miss, strata; hit'],
  ])('to %j gives %j', (existing, expected) => {
    expect(appendCacheStatus(existing, 'strata; hit')).toBe(expected)
  })
})
