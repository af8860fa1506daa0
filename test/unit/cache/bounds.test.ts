import { describe, expect, test } from 'vitest'
import { openBoth, openMemory } from './harness.js'

describe('memory', () => {
  test('keeps at most maxEntries, the least recently used leaves', async () => {
    const { cache } = openMemory({ memory: { maxEntries: 3 } })
    for (const key of ['a', 'b', 'c']) await cache.set(key, key)
    await cache.get('a')
    await cache.set('d', 'd')
    expect(['a', 'b', 'c', 'd'].map((key) => cache.peek(key))).toEqual(['a', undefined, 'c', 'd'])
    expect(cache.stats().memory.entries).toBe(3)
  })

  test('peek is no use of an entry', async () => {
    const { cache } = openMemory({ memory: { maxEntries: 2 } })
    await cache.set('a', 'a')
    await cache.set('b', 'b')
    cache.peek('a')
    await cache.set('c', 'c')
    expect(cache.peek('a')).toBeUndefined()
    expect(cache.peek('b')).toBe('b')
  })

  test('keeps at most maxBytes', async () => {
    const { cache } = openMemory({ memory: { maxBytes: '64kb' } })
    for (let i = 0; i < 100; i++) await cache.set(`k${i}`, 'x'.repeat(4_000))
    const { entries, bytes } = cache.stats().memory
    expect(bytes).toBeLessThanOrEqual(64 * 1_024)
    expect(bytes).toBeGreaterThan(50 * 1_024)
    expect(entries).toBe(15)
    expect(cache.peek('k99')).toBeDefined()
    expect(cache.peek('k0')).toBeUndefined()
  })

  test('the bounds hold for all namespaces together', async () => {
    const { cache } = openMemory({ memory: { maxEntries: 4 } })
    const spaces = [cache, cache.namespace('a'), cache.namespace('b')]
    for (let i = 0; i < 10; i++) for (const space of spaces) await space.set(`k${i}`, i)
    expect(cache.stats().memory.entries).toBe(4)
    expect(spaces[2]!.peek('k9')).toBe(9)
  })

  test('a value too large for all of it is not kept, and takes the place of the older one', async () => {
    const { cache } = openMemory({ memory: { maxBytes: '4kb' } })
    await cache.set('k', 'small')
    await cache.set('other', 'small')
    expect(await cache.get('k', () => 'x'.repeat(10_000), { force: true })).toHaveLength(10_000)
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.get('other')).toBe('small')
  })

  test('counts what is deleted and replaced no more', async () => {
    const { cache } = openMemory()
    expect(cache.stats().memory).toEqual({ entries: 0, bytes: 0 })
    await cache.set('k', 'x'.repeat(1_000))
    const one = cache.stats().memory
    expect(one.entries).toBe(1)
    expect(one.bytes).toBeGreaterThan(1_000)
    expect(one.bytes).toBeLessThan(1_500)
    await cache.set('k', 'x'.repeat(1_000))
    expect(cache.stats().memory).toEqual(one)
    await cache.delete('k')
    expect(cache.stats().memory).toEqual({ entries: 0, bytes: 0 })
    await cache.set('k', 1)
    await cache.clear()
    expect(cache.stats().memory).toEqual({ entries: 0, bytes: 0 })
  })

  test('what is gone leaves when it is met', async () => {
    const { cache, clock } = openMemory({ ttl: '1m' })
    await cache.set('k', 1)
    clock.advance(60_000)
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.stats().memory.entries).toBe(0)
  })

  test('false: nothing is kept here', async () => {
    const { cache } = openMemory({ memory: false })
    expect(await cache.get('k', () => 1)).toBe(1)
    expect(await cache.get('k')).toBeUndefined()
    expect(cache.peek('k')).toBeUndefined()
    expect(cache.stats().memory).toEqual({ entries: 0, bytes: 0 })
    const both = openBoth({ memory: false })
    await both.cache.set('k', 1)
    expect(await both.cache.read('k')).toMatchObject({ value: 1, tier: 'redis' })
    expect(both.cache.peek('k')).toBeUndefined()
  })

  test('key and value both count', async () => {
    const long = openMemory()
    const short = openMemory()
    await long.cache.set('k'.repeat(1_000), 1)
    await short.cache.set('k', 1)
    expect(long.cache.stats().memory.bytes - short.cache.stats().memory.bytes).toBe(999)
  })
})
