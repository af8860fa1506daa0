import { describe, expect, test } from 'vitest'
import type { Entry } from '../../../src/entry/entry.js'
import { Marks } from '../../../src/entry/marks.js'
import { type Keep, MemoryStore, MemoryTier } from '../../../src/tier/memory-tier.js'
import { ManualClock } from '../../support/manual-clock.js'

function open(limits: { maxEntries?: number; maxBytes?: number } = {}) {
  const clock = new ManualClock({ now: 0 })
  const store = new MemoryStore({ maxEntries: 100, maxBytes: 100_000, ...limits })
  const rootMarks = new Marks(10)
  const childMarks = new Marks(10)
  const root = new MemoryTier(store, undefined, rootMarks, { clock })
  const child = new MemoryTier(store, 'shop.child', childMarks, { clock })
  return { clock, store, root, child, rootMarks, childMarks }
}

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

describe('a hit', () => {
  test('is an entry that is fresh and good', () => {
    const { root, rootMarks, clock } = open()
    expect(root.hit('k')).toBeUndefined()
    root.keep('k', entryOf('value'), keepOf(rootMarks))
    expect(root.hit('k')?.value).toBe('value')
    clock.advance(99)
    expect(root.hit('k')?.value).toBe('value')
    clock.advance(1)
    expect(root.hit('k')).toBeUndefined()
    expect(root.read('k')?.value).toBe('value')
    clock.advance(100)
    expect(root.read('k')).toBeUndefined()
  })

  test('ends early where something else is due', () => {
    const { root, rootMarks, clock } = open()
    root.keep('k', entryOf('value'), keepOf(rootMarks, { hitUntil: 50 }))
    clock.advance(50)
    expect(root.hit('k')).toBeUndefined()
    expect(root.read('k')?.freshUntil).toBe(100)
  })

  test('is none for an entry whose tag was invalidated, softly or not', () => {
    const { root, rootMarks } = open()
    root.keep('hard', entryOf(1, { tags: ['a'] }), keepOf(rootMarks))
    root.keep('soft', entryOf(1, { tags: ['b'] }), keepOf(rootMarks))
    root.keep('none', entryOf(1, { tags: ['c'] }), keepOf(rootMarks))
    root.invalidate(['a'], false)
    root.invalidate(['b'], true)
    expect(['hard', 'soft', 'none'].map((key) => root.hit(key) !== undefined)).toEqual([
      false,
      false,
      true,
    ])
    expect(root.read('hard')).toBeUndefined()
    expect(root.read('soft')).toMatchObject({ value: 1, freshUntil: 0 })
  })

  test('looks its tags up once after a mark, not each time', () => {
    const { root, rootMarks } = open()
    root.keep('k', entryOf(1, { tags: ['a'] }), keepOf(rootMarks))
    root.invalidate(['b'], false)
    const entry = root.hit('k')
    expect(entry?.checked).toBe(rootMarks.tagMoment)
  })
})

describe('keep', () => {
  test.each<[string, (tier: MemoryTier) => void]>([
    ['remove', (tier) => tier.remove(['k'])],
    ['expire', (tier) => tier.expire('k')],
    ['invalidate', (tier) => tier.invalidate(['a'], false)],
    ['soft invalidate', (tier) => tier.invalidate(['a'], true)],
    ['clear', (tier) => tier.clear()],
  ])('leaves out what began before a %s', (_, mark) => {
    const { root, rootMarks, store } = open()
    const keep = keepOf(rootMarks)
    mark(root)
    root.keep('k', entryOf(1, { tags: ['a'] }), keep)
    expect(root.read('k')).toBeUndefined()
    expect(store.entries).toBe(0)
    root.keep('k', entryOf(1, { tags: ['a'] }), keepOf(rootMarks))
    expect(root.hit('k')?.value).toBe(1)
  })

  test('drops the older value where the new one is too large for all of it', () => {
    const { root, rootMarks, store } = open({ maxBytes: 1_000 })
    root.keep('k', entryOf('small'), keepOf(rootMarks))
    root.keep('k', entryOf('large'), keepOf(rootMarks, { size: 1_000 }))
    expect(root.read('k')).toBeUndefined()
    expect(store).toMatchObject({ entries: 0, bytes: 0 })
  })

  test('counts key, value and what an entry costs', () => {
    const { root, rootMarks, store } = open()
    root.keep('key', entryOf(1), keepOf(rootMarks, { size: 10 }))
    expect(store.bytes).toBe(213)
  })
})

describe('namespaces in one store', () => {
  test('do not reach each other, whatever the key', () => {
    const { root, child, rootMarks, childMarks, store } = open()
    child.keep('k', entryOf('secret'), keepOf(childMarks))
    const [inner] = [...store.lru.keys()]
    expect(inner).toBe('\udc00shop.child:k')
    expect(root.hit(inner ?? '')).toBeUndefined()
    expect(root.read(inner ?? '')).toBeUndefined()
    expect(root.peek(inner ?? '')).toBeUndefined()
    root.expire(inner ?? '')
    expect(child.hit('k')?.value).toBe('secret')
    root.keep('k', entryOf('root'), keepOf(rootMarks))
    expect(root.hit('k')?.value).toBe('root')
    expect(child.hit('k')?.value).toBe('secret')
  })

  test('clear concerns one of them, in constant time', () => {
    const { root, child, rootMarks, childMarks, store } = open()
    root.keep('k', entryOf(1), keepOf(rootMarks))
    child.keep('k', entryOf(2), keepOf(childMarks))
    root.clear()
    expect(root.hit('k')).toBeUndefined()
    expect(child.hit('k')?.value).toBe(2)
    expect(store.entries).toBe(1)
  })

  test('share one recency order', () => {
    const { root, child, rootMarks, childMarks } = open({ maxEntries: 2 })
    root.keep('a', entryOf(1), keepOf(rootMarks))
    child.keep('a', entryOf(2), keepOf(childMarks))
    root.hit('a')
    child.keep('b', entryOf(3), keepOf(childMarks))
    expect(root.peek('a')?.value).toBe(1)
    expect(child.peek('a')).toBeUndefined()
  })

  test('alone in its store, clear leaves nothing behind', () => {
    const store = new MemoryStore({ maxEntries: 10, maxBytes: 10_000 })
    const marks = new Marks(10)
    const tier = new MemoryTier(store, undefined, marks, { clock: new ManualClock({ now: 0 }) })
    tier.keep('k', entryOf(1), keepOf(marks))
    tier.clear()
    expect(store).toMatchObject({ entries: 0, bytes: 0 })
  })
})

test('expire ends freshness and leaves the rest', () => {
  const { root, rootMarks } = open()
  root.keep('k', entryOf('value', { tags: ['a'] }), keepOf(rootMarks))
  root.expire('k')
  root.expire('absent')
  expect(root.hit('k')).toBeUndefined()
  expect(root.read('k')).toMatchObject({ value: 'value', freshUntil: 0, staleUntil: 200 })
})

test('confirm tells the deadlines of the very value, while it is there', () => {
  const { root, rootMarks, clock } = open()
  root.keep('k', entryOf('value', { tags: ['a'] }), keepOf(rootMarks))
  expect(root.confirm('k', 'AAAAAAAAAAAA')).toMatchObject({ freshUntil: 100, staleUntil: 200 })
  expect(root.confirm('k', 'BBBBBBBBBBBB')).toBeUndefined()
  expect(root.confirm('l', 'AAAAAAAAAAAA')).toBeUndefined()
  clock.advance(200)
  expect(root.confirm('k', 'AAAAAAAAAAAA')).toBeUndefined()
})
