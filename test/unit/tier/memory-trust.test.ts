import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/entry/entry.js'
import { Marks } from '../../../src/entry/marks.js'
import {
  type Keep,
  type MemoryEntry,
  MemoryStore,
  MemoryTier,
} from '../../../src/tier/memory-tier.js'
import { ManualClock } from '../../support/manual-clock.js'

function entryOf(value: unknown, shape: Partial<Entry> = {}): Entry {
  const times = { storedAt: 0, freshUntil: 100, staleUntil: 200, loadTime: 5 }
  return { value, ...times, tags: [], id: 'AAAAAAAAAAAA', ...shape }
}

const keepOf = (marks: Marks, shape: Partial<Keep> = {}): Keep => ({
  since: marks.moment,
  hitUntil: 100,
  mutable: false,
  size: 10,
  ...shape,
})

describe('an entry that may have been invalidated unheard', () => {
  /** Trust lasts until it is changed; 'k' is kept from before. */
  function openTrusted(shape: Partial<Keep> = {}) {
    const clock = new ManualClock({ now: 0 })
    const store = new MemoryStore({ maxEntries: 100, maxBytes: 100_000 })
    const marks = new Marks(10)
    const trust = { coherentUntil: 50 }
    const tier = new MemoryTier(store, undefined, marks, { clock, trust })
    const keep = (): void => {
      tier.keep('k', entryOf('value', { tags: ['a'] }), keepOf(marks, shape))
    }
    keep()
    const held = (): MemoryEntry => {
      const entry = tier.read('k')
      if (entry === undefined) throw new Error('it is not there')
      return entry
    }
    return { clock, store, marks, trust, tier, keep, held }
  }

  type Trusted = ReturnType<typeof openTrusted>

  const ways: [string, (opened: Trusted) => void][] = [
    ['no sign of life came in time', ({ clock }) => clock.advance(50)],
    ['the connection was lost meanwhile', ({ marks }) => marks.distrust()],
    [
      'both happened',
      ({ marks, clock }) => {
        marks.distrust()
        clock.advance(50)
      },
    ],
  ]

  test.each(ways)('is no hit, and still there: %s', (_, lose) => {
    const opened = openTrusted()
    expect(opened.tier.hit('k')?.value).toBe('value')
    expect(opened.tier.isTrusted(opened.held())).toBe(true)
    lose(opened)
    expect(opened.tier.hit('k')).toBeUndefined()
    expect(opened.tier.hit('k'), 'asked again').toBeUndefined()
    expect(opened.tier.read('k')).toMatchObject({ value: 'value', freshUntil: 100 })
    expect(opened.tier.peek('k')).toMatchObject({ value: 'value' })
    expect(opened.tier.isTrusted(opened.held())).toBe(false)
  })

  test('is a hit again when the proof comes late, and nothing was missed', () => {
    const { tier, clock, trust } = openTrusted()
    clock.advance(60)
    expect(tier.hit('k')).toBeUndefined()
    trust.coherentUntil = 90
    expect(tier.hit('k')?.value).toBe('value')
  })

  test('stays untrusted when a new period of trust has begun', () => {
    const { tier, marks, trust, held } = openTrusted()
    marks.distrust()
    trust.coherentUntil = 1_000
    expect(tier.hit('k')).toBeUndefined()
    // marks made since, which it is measured by, do not make it trusted
    marks.markTags(['b'], false)
    expect(tier.hit('k')).toBeUndefined()
    expect(tier.isTrusted(held())).toBe(false)
  })

  test('is dropped by what is heard of it all the same', () => {
    const { tier, marks } = openTrusted()
    marks.distrust()
    tier.invalidate(['a'], false)
    expect(tier.read('k')).toBeUndefined()
  })

  test('is stale after a soft invalidation', () => {
    const { tier, marks } = openTrusted()
    marks.distrust()
    tier.invalidate(['a'], true)
    expect(tier.read('k')).toMatchObject({ freshUntil: 0, staleUntil: 200 })
  })

  test('does not come in: begun before the trust was lost', () => {
    const { tier, marks, store } = openTrusted()
    tier.remove(['k'])
    const keep = keepOf(marks)
    marks.distrust()
    tier.keep('k', entryOf('late'), keep)
    expect(store.entries).toBe(0)
    tier.keep('k', entryOf('new'), keepOf(marks))
    expect(tier.hit('k')?.value).toBe('new')
  })

  describe('and is confirmed', () => {
    const seen = { freshUntil: 100, staleUntil: 200 }

    test('is a hit again', () => {
      const { tier, marks, held } = openTrusted()
      marks.distrust()
      tier.trustAgain('k', held(), seen, marks.moment)
      expect(tier.hit('k')?.value).toBe('value')
      expect(tier.isTrusted(held())).toBe(true)
    })

    test('is one only as long as there are signs of life', () => {
      const { tier, marks, held, clock } = openTrusted()
      marks.distrust()
      clock.advance(50)
      tier.trustAgain('k', held(), seen, marks.moment)
      expect(tier.hit('k')).toBeUndefined()
    })

    test('takes over the deadlines of now, which are not later for memory than its own', () => {
      const { tier, marks, held } = openTrusted({ hitUntil: 80 })
      marks.distrust()
      tier.trustAgain('k', held(), { freshUntil: 70, staleUntil: 150 }, marks.moment)
      expect(held()).toMatchObject({ freshUntil: 70, hitUntil: 70, staleUntil: 150 })
      tier.trustAgain('k', held(), { freshUntil: 90, staleUntil: 160 }, marks.moment)
      expect(held()).toMatchObject({ freshUntil: 70, hitUntil: 70, staleUntil: 160 })
    })

    test.each<[string, (opened: Trusted) => void]>([
      ['its key', ({ marks }) => marks.markKey('k')],
      ['its tag', ({ marks }) => marks.markTags(['a'], false)],
      ['its tag, softly', ({ marks }) => marks.markTags(['a'], true)],
      ['all', ({ marks }) => marks.markAll()],
      ['another loss of trust', ({ marks }) => marks.distrust()],
    ])('but not over a mark that was made meanwhile: %s', (_, mark) => {
      const opened = openTrusted()
      opened.marks.distrust()
      const [since, entry] = [opened.marks.moment, opened.held()]
      mark(opened)
      opened.tier.trustAgain('k', entry, seen, since)
      expect(opened.tier.hit('k')).toBeUndefined()
      expect(opened.tier.isTrusted(entry)).toBe(false)
    })

    test('but not when another has taken its place, or it has gone', () => {
      const { tier, marks, held, keep } = openTrusted()
      marks.distrust()
      const [since, old] = [marks.moment, held()]
      keep()
      tier.trustAgain('k', old, seen, since)
      expect(held()).not.toBe(old)
      expect(tier.isTrusted(old)).toBe(false)
      const young = held()
      tier.remove(['k'])
      tier.trustAgain('k', young, { freshUntil: 300, staleUntil: 400 }, marks.moment)
      expect(young.staleUntil).toBe(200)
      expect(tier.read('k')).toBeUndefined()
    })
  })

  describe('because nothing could be heard when it was loaded', () => {
    test.each(ways)('is a hit for its short life: %s', (_, lose) => {
      const opened = openTrusted({ unheard: true })
      lose(opened)
      expect(opened.tier.hit('k')?.value).toBe('value')
      expect(opened.tier.isTrusted(opened.held())).toBe(true)
      opened.clock.advance(100)
      expect(opened.tier.hit('k')).toBeUndefined()
    })

    test('is dropped by what is heard of it', () => {
      const { tier, marks } = openTrusted({ unheard: true })
      marks.distrust()
      tier.invalidate(['a'], false)
      expect(tier.hit('k')).toBeUndefined()
      expect(tier.read('k')).toBeUndefined()
    })
  })
})
