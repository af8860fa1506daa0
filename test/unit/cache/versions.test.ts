import { describe, expect, it } from 'vitest'
import { compareVersions, textOfVersion } from '../../../src/cache/versions.js'

describe('compareVersions', () => {
  const rows: readonly (readonly [unknown, unknown, string])[] = [
    [1, 1, 'same'],
    [1, 2, 'behind'],
    [2, 1, 'same'], // the source lags
    [1n, 2n, 'behind'],
    [2n, 2, 'same'],
    [1, 2n, 'behind'],
    [new Date(5), new Date(5), 'same'],
    [new Date(5), new Date(6), 'behind'],
    [new Date(5), 6, 'behind'],
    ['a', 'a', 'same'],
    ['b', 'a', 'behind'],
    [undefined, undefined, 'same'],
    [undefined, null, 'same'],
    [null, 1, 'behind'],
    [1, undefined, 'behind'],
    [1, 'a', 'unknown'],
    ['1', 1, 'unknown'],
    [Number.NaN, 1, 'unknown'],
    [1, new Date(Number.NaN), 'unknown'],
    [{}, 1, 'unknown'],
    [true, true, 'unknown'],
  ]

  it.each(rows)('cached %s, source %s: %s', (cached, source, verdict) => {
    expect(compareVersions(cached, source)).toBe(verdict)
  })
})

describe('textOfVersion', () => {
  it.each([
    [1, '1'],
    [2n, '2'],
    ['a', 'a'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [new Date(Number.NaN), 'NaN'],
    [undefined, undefined],
    [null, undefined],
    [{ secret: 1 }, 'object'],
  ])('%s', (version, text) => {
    expect(textOfVersion(version)).toBe(text)
  })
})
