import { describe, expect, test } from 'vitest'
import type { Cache } from '../../../src/cache/cache.js'
import { settle } from '../../support/manual-clock.js'
import { openMemory, slowLoader } from './harness.js'

const tags = ['t']

/** Each way to make 'k', which carries the tag 't', unusable. */
const hard: [string, (cache: Cache) => Promise<unknown>][] = [
  ['delete', (cache) => cache.delete('k')],
  ['deleteMany', (cache) => cache.deleteMany(['other', 'k'])],
  ['invalidateTags', (cache) => cache.invalidateTags('t')],
  ['invalidateTags of several', (cache) => cache.invalidateTags(['unused', 't'])],
  ['clear', (cache) => cache.clear()],
]

const soft: [string, (cache: Cache) => Promise<unknown>][] = [
  ['expire', (cache) => cache.expire('k')],
  ['soft invalidateTags', (cache) => cache.invalidateTags('t', { soft: true })],
]

describe('an invalidation during a load', () => {
  test.each([...hard, ...soft])('%s: what the load brings is not stored', async (_, invalidate) => {
    const { cache } = openMemory({ grace: '1h' })
    const load = slowLoader<string>()
    const owner = cache.get('k', load, { tags })
    await settle()
    await invalidate(cache)
    load.runs[0]!.resolve('old')
    expect(await owner).toBe('old')
    expect(await cache.get('k')).toBeUndefined()
    expect(cache.peek('k')).toBeUndefined()
    expect(await cache.get('k', () => 'new', { tags })).toBe('new')
  })

  test.each([...hard, ...soft])(
    '%s: who comes afterwards does not join the load',
    async (_, invalidate) => {
      const { cache } = openMemory()
      const load = slowLoader<string>()
      const owner = cache.get('k', load, { tags })
      await settle()
      await invalidate(cache)
      const later = cache.get('k', load, { tags })
      await settle()
      expect(load.runs).toHaveLength(2)
      load.runs[1]!.resolve('new')
      expect(await later).toBe('new')
      load.runs[0]!.resolve('old')
      expect(await owner).toBe('old')
      expect(await cache.get('k')).toBe('new')
    },
  )

  test.each([...hard, ...soft])(
    '%s: the load that came late does not end the one that took its place',
    async (_, invalidate) => {
      const { cache } = openMemory()
      const load = slowLoader<string>()
      const first = cache.get('k', load, { tags })
      await settle()
      await invalidate(cache)
      const second = cache.get('k', load, { tags })
      await settle()
      load.runs[0]!.resolve('old')
      await first
      const third = cache.get('k', load, { tags })
      await settle()
      expect(load.runs).toHaveLength(2)
      load.runs[1]!.resolve('new')
      expect(await Promise.all([second, third])).toEqual(['new', 'new'])
    },
  )

  test.each([...hard, ...soft])(
    '%s: the owner takes the revoked value, who had joined reads again, once for all',
    async (_, invalidate) => {
      const { cache } = openMemory()
      const load = slowLoader<string>()
      const owner = cache.read('k', load, { tags })
      await settle()
      const joined = Array.from({ length: 50 }, () => cache.read('k', load, { tags }))
      await settle()
      await invalidate(cache)
      load.runs[0]!.resolve('old')
      expect(await owner).toMatchObject({ value: 'old', revoked: true, outcome: 'miss' })
      await settle()
      expect(load.runs).toHaveLength(2)
      load.runs[1]!.resolve('new')
      const readings = await Promise.all(joined)
      expect(new Set(readings.map(({ value }) => value))).toEqual(new Set(['new']))
      expect(readings.filter(({ revoked }) => revoked)).toEqual([])
      expect(load.runs).toHaveLength(2)
    },
  )

  test.each([...hard, ...soft])(
    '%s again and again: nobody reads more than twice',
    async (_, invalidate) => {
      const { cache } = openMemory()
      const load = slowLoader<string>()
      const owner = cache.get('k', load, { tags })
      await settle()
      const joined = [cache.read('k', load, { tags }), cache.read('k', load, { tags })]
      await settle()
      await invalidate(cache)
      load.runs[0]!.resolve('one')
      await settle()
      await invalidate(cache)
      load.runs[1]!.resolve('two')
      expect(await owner).toBe('one')
      const readings = await Promise.all(joined)
      expect(readings.map(({ value, revoked }) => [value, revoked])).toEqual([
        ['two', true],
        ['two', true],
      ])
      expect(load.runs).toHaveLength(2)
      expect(await cache.get('k')).toBeUndefined()
    },
  )

  test('a set: its value stays, what the load brings is not stored', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const owner = cache.get('k', load)
    await settle()
    await cache.set('k', 'set')
    expect(await cache.get('k', load)).toBe('set')
    load.runs[0]!.resolve('old')
    expect(await owner).toBe('old')
    expect(await cache.get('k')).toBe('set')
  })

  test('is told by `revoked` and counted', async () => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const reading = cache.read('k', load)
    await settle()
    await cache.delete('k')
    load.runs[0]!.resolve('old')
    expect(await reading).toMatchObject({
      value: 'old',
      outcome: 'miss',
      tier: 'loader',
      collapsed: false,
      revoked: true,
      storedAt: undefined,
      freshUntil: undefined,
      staleUntil: undefined,
    })
    expect(cache.stats().revoked).toBe(1)
    expect(await cache.read('k', () => 'new')).toMatchObject({ revoked: false })
    expect(cache.stats().revoked).toBe(1)
  })

  test.each([
    ['another key', (cache: Cache) => cache.delete('other')],
    ['another tag', (cache: Cache) => cache.invalidateTags('other')],
    ['another namespace', (cache: Cache) => cache.namespace('child').clear()],
    ['a tag of a child', (cache: Cache) => cache.namespace('child').invalidateTags('t')],
  ])('of %s does not concern it', async (_, invalidate) => {
    const { cache } = openMemory()
    const load = slowLoader<string>()
    const reading = cache.read('k', load, { tags })
    await settle()
    await invalidate(cache)
    load.runs[0]!.resolve('value')
    expect(await reading).toMatchObject({ value: 'value', revoked: false })
    expect(await cache.get('k')).toBe('value')
  })

  test('a tag that the loader names late counts from the beginning of the load', async () => {
    const { cache } = openMemory()
    const gate = slowLoader<string>()
    const owner = cache.read('k', async (ctx) => {
      const value = await gate()
      ctx.tag('late')
      return value
    })
    await settle()
    await cache.invalidateTags('late')
    gate.runs[0]!.resolve('old')
    expect(await owner).toMatchObject({ value: 'old', revoked: true })
    expect(await cache.get('k')).toBeUndefined()
  })

  test('a tag that the loader has named keeps later callers from joining', async () => {
    const { cache } = openMemory()
    const gate = slowLoader<string>()
    let runs = 0
    const load = async (ctx: { tag(tag: string): void }): Promise<string> => {
      runs++
      ctx.tag('named')
      return await gate()
    }
    const owner = cache.get('k', load)
    await settle()
    await cache.invalidateTags('named')
    const later = cache.get('k', load)
    await settle()
    expect(runs).toBe(2)
    gate.runs[0]!.resolve('old')
    gate.runs[1]!.resolve('new')
    expect(await Promise.all([owner, later])).toEqual(['old', 'new'])
    expect(await cache.get('k')).toBe('new')
  })

  test('a load whose value is returned unstored is not taken by who had joined', async () => {
    const { cache } = openMemory()
    const gate = slowLoader<string>()
    const load = async (ctx: { skip(): void }): Promise<string> => {
      ctx.skip()
      return await gate()
    }
    const owner = cache.get('k', load)
    await settle()
    const joined = cache.get('k', load)
    await settle()
    await cache.delete('k')
    gate.runs[0]!.resolve('old')
    expect(await owner).toBe('old')
    await settle()
    gate.runs[1]?.resolve('new')
    expect(await joined).toBe('new')
  })

  test('a background revalidation that was overtaken is not stored', async () => {
    const { cache, clock } = openMemory({ ttl: '1m', grace: '1h' })
    await cache.set('k', 'first')
    clock.advance(61_000)
    const load = slowLoader<string>()
    expect(await cache.get('k', load)).toBe('first')
    await settle()
    await cache.delete('k')
    load.runs[0]!.resolve('old')
    await settle()
    expect(await cache.get('k')).toBeUndefined()
  })

  test('also without a memory tier later callers do not join', async () => {
    const { cache } = openMemory({ memory: false })
    for (const [, invalidate] of [...hard, ...soft]) {
      const load = slowLoader<string>()
      const owner = cache.get('k', load, { tags })
      await settle()
      await invalidate(cache)
      const later = cache.get('k', load, { tags })
      await settle()
      expect(load.runs).toHaveLength(2)
      load.runs[0]!.resolve('old')
      load.runs[1]!.resolve('new')
      expect(await Promise.all([owner, later])).toEqual(['old', 'new'])
    }
  })
})

describe('an invalidation of what is stored', () => {
  test.each(hard)('%s: it is not there any more, not even as stale', async (_, invalidate) => {
    const { cache } = openMemory({ grace: '1h' })
    await cache.set('k', 'old', { tags })
    expect(await cache.get('k')).toBe('old')
    const done = invalidate(cache)
    // Here it takes effect at once.
    expect(cache.peek('k')).toBeUndefined()
    expect(await done).toBe('applied')
    expect(await cache.get('k')).toBeUndefined()
    expect(await cache.has('k')).toBe(false)
    expect(await cache.read('k', () => 'new', { tags })).toMatchObject({
      value: 'new',
      outcome: 'miss',
    })
  })

  test.each(soft)(
    '%s: it is stale: only a call with a loader is given it',
    async (_, invalidate) => {
      const { cache } = openMemory({ grace: '1h' })
      await cache.set('k', 'old', { tags })
      expect(await cache.get('k')).toBe('old')
      expect(await invalidate(cache)).toBe('applied')
      expect(cache.peek('k')).toBeUndefined()
      expect(await cache.get('k')).toBeUndefined()
      expect(await cache.has('k')).toBe(false)
      expect(await cache.read('k', () => 'new', { tags })).toMatchObject({
        value: 'old',
        outcome: 'stale',
        tier: 'memory',
      })
      await settle()
      expect(await cache.read('k')).toMatchObject({ value: 'new', outcome: 'hit' })
    },
  )

  test.each(soft)('%s: without grace it is a miss', async (_, invalidate) => {
    const { cache, clock } = openMemory({ ttl: '1m' })
    await cache.set('k', 'old', { tags })
    await invalidate(cache)
    expect(await cache.get('k')).toBeUndefined()
    clock.advance(59_000)
    // Its life as a stale value ends where its freshness would have ended: there was no grace.
    expect(await cache.read('k', () => 'new', { softTimeout: false })).toMatchObject({
      value: 'new',
    })
  })

  test('a soft one does not bring back what a hard one took away', async () => {
    const { cache } = openMemory({ grace: '1h' })
    await cache.set('k', 'old', { tags })
    await cache.invalidateTags('t')
    await cache.invalidateTags('t', { soft: true })
    expect(await cache.read('k', () => 'new')).toMatchObject({ value: 'new', outcome: 'miss' })
  })

  test('what is stored afterwards is fresh', async () => {
    const { cache } = openMemory({ grace: '1h' })
    for (const [name, invalidate] of [...hard, ...soft]) {
      await cache.set('k', 'old', { tags })
      await invalidate(cache)
      await cache.set('k', name, { tags })
      expect(await cache.read('k')).toMatchObject({ value: name, outcome: 'hit' })
    }
  })

  test('of no tags or keys does nothing', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'value', { tags })
    expect(await cache.invalidateTags([])).toBe('applied')
    expect(await cache.deleteMany([])).toBe('applied')
    expect(await cache.get('k')).toBe('value')
  })

  test('one of many tags is enough', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'value', { tags: ['a', 'b', 'c'] })
    await cache.invalidateTags(['x', 'c'])
    expect(await cache.get('k')).toBeUndefined()
  })
})

describe('two sets at once', () => {
  test('leave one of the two values, which a later set replaces', async () => {
    const { cache } = openMemory()
    const results = await Promise.all([cache.set('k', 'one'), cache.set('k', 'two')])
    expect(results).toEqual(['applied', 'applied'])
    expect(['one', 'two']).toContain(await cache.get('k'))
    await cache.set('k', 'three')
    expect(await cache.get('k')).toBe('three')
  })

  test('of which the first is waited for by nobody: the second one stays', async () => {
    const { cache } = openMemory()
    const first = cache.set('k', 'one')
    await cache.set('k', 'two')
    expect(await cache.get('k')).toBe('two')
    await first
    expect(await cache.get('k')).toBe('two')
  })

  test('a delete during a set: nothing or the value is there, never what was before', async () => {
    const { cache } = openMemory()
    await cache.set('k', 'before')
    await Promise.all([cache.set('k', 'after'), cache.delete('k')])
    expect([undefined, 'after']).toContain(await cache.get('k'))
  })
})
