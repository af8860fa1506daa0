import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Marks } from '../../../src/entry/marks.js'

describe('work under way', () => {
  test.each<[string, (marks: Marks) => void, boolean]>([
    ['nothing', () => {}, false],
    ['its key', (marks) => marks.markKey('k'), true],
    ['another key', (marks) => marks.markKey('other'), false],
    ['a tag', (marks) => marks.markTags(['x', 'a'], false), true],
    ['a tag, softly', (marks) => marks.markTags(['a'], true), true],
    ['other tags', (marks) => marks.markTags(['x', 'k'], false), false],
    ['all', (marks) => marks.markAll(), true],
    ['no tags', (marks) => marks.markTags([], false), false],
  ])('is revoked by a mark of %s since', (_, mark, revoked) => {
    const marks = new Marks(10)
    const since = marks.moment
    mark(marks)
    expect(marks.isRevoked(since, 'k', ['a', 'b'])).toBe(revoked)
    // What begins now is not.
    expect(marks.isRevoked(marks.moment, 'k', ['a', 'b'])).toBe(false)
  })

  test('without tags is not concerned with tags', () => {
    const marks = new Marks(10)
    const since = marks.moment
    marks.markTags(['a'], false)
    expect(marks.isRevoked(since, 'k', [])).toBe(false)
  })

  test('is revoked by the last mark, not an earlier one', () => {
    const marks = new Marks(10)
    marks.markKey('k')
    const since = marks.moment
    marks.markKey('other')
    expect(marks.isRevoked(since, 'k', [])).toBe(false)
    marks.markKey('k')
    expect(marks.isRevoked(since, 'k', [])).toBe(true)
  })
})

describe('an entry in memory', () => {
  test.each<[string, (marks: Marks) => void, string]>([
    ['nothing', () => {}, 'good'],
    ['a key', (marks) => marks.markKey('k'), 'good'],
    ['a tag', (marks) => marks.markTags(['a'], false), 'revoked'],
    ['a tag, softly', (marks) => marks.markTags(['b'], true), 'stale'],
    [
      'one softly, another hard',
      (marks) => {
        marks.markTags(['a'], true)
        marks.markTags(['b'], false)
      },
      'revoked',
    ],
    [
      'a tag hard, then softly',
      (marks) => {
        marks.markTags(['a'], false)
        marks.markTags(['a'], true)
      },
      'revoked',
    ],
    [
      'a tag softly, then hard',
      (marks) => {
        marks.markTags(['a'], true)
        marks.markTags(['a'], false)
      },
      'revoked',
    ],
    ['other tags', (marks) => marks.markTags(['x'], false), 'good'],
    ['all', (marks) => marks.markAll(), 'revoked'],
  ])('after a mark of %s', (_, mark, verdict) => {
    const marks = new Marks(10)
    const since = marks.moment
    mark(marks)
    expect(marks.verdictOfTags(since, ['a', 'b'])).toBe(verdict)
    expect(marks.verdictOfTags(marks.moment, ['a', 'b'])).toBe('good')
  })

  test('without tags is concerned with a mark of all only', () => {
    const marks = new Marks(10)
    marks.markTags(['a'], false)
    expect(marks.verdictOfTags(0, [])).toBe('good')
    marks.markAll()
    expect(marks.verdictOfTags(0, [])).toBe('revoked')
  })

  test('tagMoment moves with what can concern it, and only then', () => {
    const marks = new Marks(10)
    marks.markKey('k')
    expect(marks.tagMoment).toBe(0)
    marks.markTags(['a'], true)
    expect(marks.tagMoment).toBe(marks.moment)
    marks.markKey('k')
    expect(marks.tagMoment).toBe(marks.moment - 1)
    marks.markAll()
    expect(marks.tagMoment).toBe(marks.moment)
  })
})

describe('when marks may have been missed', () => {
  test('what was known before is no longer sure, what begins now is', () => {
    const marks = new Marks(10)
    marks.markKey('k')
    const since = marks.moment
    expect(marks.isTrusted(since)).toBe(true)
    expect(marks.isTrusted(0)).toBe(true)
    marks.distrust()
    expect(marks.isTrusted(since)).toBe(false)
    expect(marks.isTrusted(marks.moment)).toBe(true)
    marks.markKey('k')
    marks.markTags(['a'], false)
    expect(marks.isTrusted(since + 1)).toBe(true)
  })

  test('nothing is revoked: it is only not known', () => {
    const marks = new Marks(10)
    const since = marks.moment
    marks.distrust()
    expect(marks.verdictOfTags(since, ['a'])).toBe('good')
    expect(marks.verdictOfTags(since, [])).toBe('good')
    expect(marks.isRevoked(since, 'k', ['a'])).toBe(false)
    expect(marks.clearedAt).toBe(0)
  })

  test('entries in memory have to look again', () => {
    const marks = new Marks(10)
    marks.distrust()
    expect(marks.tagMoment).toBe(marks.moment)
    expect(marks.moment).toBe(1)
  })

  test('each time counts anew', () => {
    const marks = new Marks(10)
    marks.distrust()
    const since = marks.moment
    marks.distrust()
    expect(marks.isTrusted(since)).toBe(false)
  })
})

test('clearedAt is the moment of the last mark of all', () => {
  const marks = new Marks(10)
  expect(marks.clearedAt).toBe(0)
  marks.markKey('k')
  marks.markAll()
  expect(marks.clearedAt).toBe(2)
  marks.distrust()
  marks.markTags(['a'], false)
  expect(marks.clearedAt).toBe(2)
})

describe('a mark that was forgotten for lack of room', () => {
  test('of a key makes all older work count as revoked', () => {
    const marks = new Marks(2)
    const since = marks.moment
    marks.markKey('k')
    marks.markKey('x')
    expect(marks.isRevoked(since, 'never marked', [])).toBe(false)
    marks.markKey('y') // k is forgotten
    expect(marks.isRevoked(since, 'k', [])).toBe(true)
    expect(marks.isRevoked(since, 'never marked', [])).toBe(true)
    expect(marks.isRevoked(marks.moment, 'k', [])).toBe(false)
  })

  test('of a tag does so for what carries tags, and for no other', () => {
    const marks = new Marks(2)
    const since = marks.moment
    for (const tag of ['a', 'x', 'y']) marks.markTags([tag], false)
    expect(marks.verdictOfTags(since, ['a'])).toBe('revoked')
    expect(marks.verdictOfTags(since, ['never marked'])).toBe('revoked')
    expect(marks.verdictOfTags(since, [])).toBe('good')
    expect(marks.verdictOfTags(marks.moment, ['a'])).toBe('good')
    expect(marks.isRevoked(since, 'k', ['never marked'])).toBe(true)
    expect(marks.isRevoked(since, 'k', [])).toBe(false)
  })

  test('a tag marked softly and forgotten counts as hard', () => {
    const marks = new Marks(1)
    const since = marks.moment
    marks.markTags(['a'], true)
    marks.markTags(['x'], true)
    expect(marks.verdictOfTags(since, ['a'])).toBe('revoked')
  })
})

test('however few are remembered, no verdict is milder than with all of them', () => {
  const name = fc.constantFrom('a', 'b', 'c', 'd', 'e')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('key' as const), name }),
    fc.record({ kind: fc.constant('hard' as const), name }),
    fc.record({ kind: fc.constant('soft' as const), name }),
    fc.record({ kind: fc.constant('all' as const), name }),
  )
  const severity = { good: 0, stale: 1, revoked: 2 }
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 30 }),
      fc.integer({ min: 1, max: 3 }),
      fc.nat(30),
      fc.subarray(['a', 'b', 'c', 'd', 'e']),
      name,
      (steps, max, begin, tags, key) => {
        const exact = new Marks(1_000)
        const bounded = new Marks(max)
        let since = 0
        for (const [index, { kind, name }] of steps.entries()) {
          if (index === begin) since = exact.moment
          for (const marks of [exact, bounded]) {
            if (kind === 'key') marks.markKey(name)
            else if (kind === 'all') marks.markAll()
            else marks.markTags([name], kind === 'soft')
          }
        }
        expect(bounded.moment).toBe(exact.moment)
        expect(severity[bounded.verdictOfTags(since, tags)]).toBeGreaterThanOrEqual(
          severity[exact.verdictOfTags(since, tags)],
        )
        expect(Number(bounded.isRevoked(since, key, tags))).toBeGreaterThanOrEqual(
          Number(exact.isRevoked(since, key, tags)),
        )
        // And what begins after the last of them is always good.
        expect(bounded.isRevoked(bounded.moment, key, tags)).toBe(false)
      },
    ),
  )
})

test('one that nothing was ever marked on is small', () => {
  const before = process.memoryUsage()
  const kept = Array.from({ length: 20 }, () => new Marks())
  const after = process.memoryUsage()
  const grown = after.heapUsed - before.heapUsed + after.arrayBuffers - before.arrayBuffers
  expect(grown / kept.length).toBeLessThan(100_000)
})
